import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventAlarm } from '../../lib/core/relay/alarm.ts';
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
  const writeMore = async (count: number): Promise<void> => {
    written += count;
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
      // By turns one event, for which the alarm must ring, and a backlog, for which it is turned off.
      if (published === written && writes.length < rounds)
        writes.push(writeMore(writes.length % 2 === 0 ? 1 : 2 * batchSize));
    },
  });
  await Promise.all(writes);
  expect(published).toBe(written);
  expect(await write.collection('events').countDocuments({ pending: true })).toBe(0);
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
