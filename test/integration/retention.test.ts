import { beforeAll, expect, test } from 'vitest';
import { commandHandler } from '../../lib/core/commands/handle.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { listParked, unpark } from '../../lib/core/relay/parked.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { measureDrift } from '../../lib/core/repair/rebuild.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { eventSourced } from '../../lib/core/stores/event-sourced.ts';
import { removeOldEvents } from '../../lib/core/stores/retention.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { count, counterDecider, counterEvents, counterModel, counterState } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { openCounters } from '../support/stores.ts';

const databases = useDatabases();
const context = () => ({ commandId: crypto.randomUUID(), correlationId: 'c' });
const takesAll: Publisher = { send: async () => ({ refused: new Map() }) };
const refuses: Publisher = {
  send: async (_, messages) => ({
    refused: new Map(messages.map(({ id }) => [id, 'InvalidMessageContents'])),
  }),
};

/** Relays until nothing is to be done within a moment. */
const relay = (publisher: Publisher, until: () => boolean): Promise<number> => {
  const stop = performance.now() + 20_000;
  let batches = 0;
  return runRelay({
    db: databases.write,
    publisher,
    subscriptionsOf: () => ['any'],
    maxAttempts: 1,
    owner: crypto.randomUUID(),
    batchSize: 100,
    pollMs: 20,
    leaseMs: 1_000,
    timeLeftMs: () => (batches > 0 && until() ? 0 : stop - performance.now()),
    onBatch: () => {
      batches += 1;
    },
  });
};

const removeOld = (retentionMs: number, upTo = Number.MAX_SAFE_INTEGER): Promise<number> =>
  removeOldEvents({
    writeDb: databases.write,
    readDb: databases.read,
    streamTypes: ['Counter'],
    commandLogs: [],
    upTo,
    retentionMs,
    timeLeftMs: () => 60_000,
  });

/** A counter that is kept as a document, and one whose events are all that there is of it. */
const countStored = (id: string) =>
  commandHandler(openCounters(databases.write), counterDecider)({ id, command: count(1) }, context());
const countSourced = (id: string) => {
  const store = eventSourced({
    db: databases.write,
    streamType: 'Tally',
    decider: counterDecider,
    eventTypes: counterEvents,
    snapshots: { every: 100, state: counterState.data },
  });
  return commandHandler(store, counterDecider)({ id, command: count(1) }, context());
};

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

test('old events of what is kept as documents go, those of event-sourced streams and all that is pending stay', async () => {
  await countStored('old');
  await countSourced('sourced');
  await relay(takesAll, () => true);
  expect(await removeOld(60_000)).toBe(0);
  await countStored('pending');
  // Reconcile has yet to look at the second position.
  expect(await removeOld(-60_000, 2)).toBe(0);
  expect(await removeOld(-60_000)).toBe(1);
  const left = await eventRows(databases.write).find().sort({ _id: 1 }).toArray();
  expect(left.map(({ stream_id, pending }) => [stream_id, pending === true])).toEqual([
    ['Tally-sourced', false],
    ['Counter-pending', true],
  ]);
  expect(await countStored('old')).toMatchObject({ version: 2 });
  const { write: writeDb, read: readDb } = databases;
  const model = openReadModel(counterModel, { writeDb, readDb, settings: settingsFrom({}) });
  const drift = await measureDrift(model, { db: databases.read, timeLeftMs: () => 60_000 });
  expect(drift).toMatchObject({ scanned: 2, missing: 2, failed: 0 });
});

test('an event that was refused for good is listed with its reason, and flows once it is put back', async () => {
  await relay(takesAll, () => true);
  await countStored('refused');
  await relay(refuses, () => true);
  const [parked] = await listParked(databases.write, 10);
  expect(parked).toEqual({
    event_id: expect.any(String),
    stream_id: 'Counter-refused',
    type: 'Counted',
    correlation_id: 'c',
    error: 'any: InvalidMessageContents',
    attempts: 1,
    parked_at: expect.any(Date),
  });
  expect(await unpark(databases.write, ['of-another'])).toBe(0);
  expect(await unpark(databases.write, [parked?.event_id ?? ''])).toBe(1);
  expect(await relay(takesAll, () => true)).toBe(1);
  expect(await listParked(databases.write, 10)).toEqual([]);
});

test('a parked event stays, and holds up nothing of what is as old', async () => {
  await countStored('parked');
  await relay(refuses, () => true);
  await countStored('after');
  await relay(takesAll, () => true);
  const before = await eventRows(databases.write).countDocuments({ stream_type: 'Counter' });
  expect(before).toBeGreaterThan(1);
  expect(await removeOld(-60_000)).toBe(before - 1);
  const left = await eventRows(databases.write).find({ stream_type: 'Counter' }).toArray();
  expect(left.map(({ stream_id, parked_at }) => [stream_id, parked_at !== undefined])).toEqual([
    ['Counter-parked', true],
  ]);
});

test('what is old stays with what is young of the same batch, and goes with its place in the log', async () => {
  const places = () => databases.write.collection('positions').countDocuments();
  const before = await places();
  for (const id of ['aged', 'young']) {
    await countStored(id);
    await relay(takesAll, () => true);
  }
  expect(await places()).toBe(before + 2);
  const publishLongAgo = (stream_id: string) =>
    eventRows(databases.write).updateOne({ stream_id }, { $set: { published_at: new Date(0) } });
  await publishLongAgo('Counter-aged');
  expect(await removeOld(60_000)).toBe(0);
  await publishLongAgo('Counter-young');
  expect(await removeOld(60_000)).toBe(2);
  // The last place tells what comes next.
  expect(await places()).toBe(before + 1);
});
