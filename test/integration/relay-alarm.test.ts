import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventAlarm } from '../../lib/core/relay/alarm.ts';
import { positionsCollection } from '../../lib/core/stores/event-log.ts';
import { eventsCollection } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { exampleDomain as domain } from '../support/domains.ts';
import { oneWish } from '../support/scenario.ts';
import { clear, createWorld, newContext, relay } from '../support/world.ts';

const databases = useDatabases();
const world = () => createWorld(domain, databases.write, databases.read);
const batchSize = 2;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
beforeEach(() => clear(world()));

test('what is written while a backlog ends is relayed at once, not at the next look an hour later', async () => {
  const { write } = world();
  const send = domain.commands(write);
  const create = () => send(oneWish(domain.create), undefined, newContext());
  const rounds = 10;
  let written = 0;
  let published = 0;
  const writeMore = async (count: number, afterMs = 0): Promise<void> => {
    written += count;
    await wait(afterMs);
    await Promise.all(Array.from({ length: count }, create));
  };
  await writeMore(2 * batchSize);
  const writes: Promise<void>[] = [];
  await relay(world(), {
    batchSize,
    pollMs: 3_600_000,
    timeLeftMs: () => (writes.length < rounds || published < written ? 60_000 : 0),
    onBatch: (result) => {
      published += result.published;
      // By turns a backlog, for which the alarm is turned off, and one event when it has long been on again.
      if (published === written && writes.length < rounds)
        writes.push(writes.length % 2 === 0 ? writeMore(2 * batchSize) : writeMore(1, 300));
    },
  });
  await Promise.all(writes);
  expect(published).toBe(written);
  expect(await write.collection('events').countDocuments({ pending: true })).toBe(0);
});

test('events that come one after another are gathered, and no change stream is open meanwhile', async () => {
  const { write } = world();
  const count = 60;
  const asked = { batches: 0, alarms: 0 };
  const client = new MongoClient(databases.writeUrl, { monitorCommands: true });
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'insert' && command['insert'] === positionsCollection) asked.batches += 1;
    if (commandName === 'getMore' && command['collection'] === eventsCollection) asked.alarms += 1;
  });
  const send = domain.commands(write);
  const started = performance.now();
  const writing = (async () => {
    for (let left = count; left > 0; left -= 1) await send(oneWish(domain.create), undefined, newContext());
  })();
  let published = 0;
  await relay(
    { ...world(), write: client.db(write.databaseName) },
    {
      pollMs: 3_600_000,
      timeLeftMs: () => (published < count ? 60_000 : 0),
      onBatch: (result) => {
        published += result.published;
      },
    },
  );
  const elapsedMs = performance.now() - started;
  await writing;
  await client.close();
  expect(asked.batches, `in ${elapsedMs} ms`).toBeLessThanOrEqual(elapsedMs / 30 + 2);
  // It is turned on at first, and again if the machine let 200 ms pass between two of them.
  expect(asked.alarms, `in ${elapsedMs} ms`).toBeLessThanOrEqual(3 * (elapsedMs / 200 + 1));
});

test('an alarm rings at once when it is turned on, since what came before rings nowhere, and then at each event', async () => {
  const { write } = world();
  const create = () => domain.commands(write)(oneWish(domain.create), undefined, newContext());
  const alarm = eventAlarm(write);
  const anHour = 3_600_000;
  await alarm.next(anHour);
  const waiting = alarm.next(anHour);
  expect(await Promise.race([waiting.then(() => 'rung'), wait(100, 'silent')])).toBe('silent');
  await create();
  await waiting;
  await alarm.off();
  await alarm.next(anHour);
  await alarm.off();
});
