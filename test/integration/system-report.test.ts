// What /metrics says of the whole system. Source: lib/platform/system-report.ts, observe.ts, silence.ts.
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import { leasesCollection } from '../../lib/core/lease.ts';
import { heardCollection } from '../../lib/core/observe/heard.ts';
import { recordLags } from '../../lib/core/projection/lag.ts';
import { relayLeaseName } from '../../lib/core/relay/awake.ts';
import { appendPositions } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { relayState } from '../../lib/platform/silence.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const [subscription = ''] = catalogue.subscribers.map(({ name }) => name);
const ago = (ms: number): Date => new Date(Date.now() - ms);
const leases = () => databases.write.collection<{ _id: string; expires_at: Date }>(leasesCollection);

beforeAll(async () => {
  // Nobody listens there.
  vi.stubEnv('SQS_ENDPOINT', 'http://127.0.0.1:9');
  vi.resetModules();
  await catalogue.ensureIndexes(databases.write, databases.read);
});
beforeEach(async () => {
  await eventRows(databases.write).deleteMany({});
  await leases().deleteMany({});
});

const newReporter = async () => {
  const { createReporter } = await import('../../lib/platform/system-report.ts');
  const { write: writeDb, read: readDb } = databases;
  return createReporter(
    catalogue,
    { writeDb, readDb, settings: settingsFrom({}), tell: () => undefined },
    300,
  );
};

const insert = (rows: Partial<EventRow>[]) => {
  const stream = { stream_id: 'Any-1', stream_type: 'Any', type: 'Happened', schema_version: 1, data: {} };
  const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
  return eventRows(databases.write).insertMany(
    rows.map((row, at) => ({
      ...{ _id: `e-${at}`, version: at + 1, recorded_at: ago(0), metadata, ...stream, ...row },
    })),
  );
};

test('the backlog counts what pends, by the oldest of it, and what is parked apart', async () => {
  const { measureBacklog } = await import('../../lib/platform/observe.ts');
  expect(await measureBacklog(databases.write)).toEqual({ pending: 0, oldest_pending_ms: 0, parked: 0 });
  await insert([
    { pending: true, recorded_at: ago(1_000) },
    { pending: true, recorded_at: ago(60_000) },
    { pending: true, recorded_at: ago(2_000) },
    { parked_at: ago(0), recorded_at: ago(900_000) },
    { published_at: ago(0), recorded_at: ago(900_000) },
  ]);
  const { oldest_pending_ms, ...counts } = await measureBacklog(databases.write);
  expect(counts).toEqual({ pending: 3, parked: 1 });
  expect(Math.floor(oldest_pending_ms / 10_000)).toBe(6);
  // By a clock that is ahead of ours.
  await eventRows(databases.write).updateMany({}, { $set: { recorded_at: ago(-60_000) } });
  expect((await measureBacklog(databases.write)).oldest_pending_ms).toBe(0);
});

test('a relay is awake as long as its lease, then asleep, and silent when something has waited for five seconds', async () => {
  const now = new Date();
  const stateOf = (oldestMs: number) => relayState(databases.write, oldestMs, now);
  expect(await stateOf(5_000)).toEqual({ state: 'asleep', heard_at: null });
  expect(await stateOf(5_001)).toEqual({ state: 'silent', heard_at: null });
  const over = new Date(now.getTime() - 1);
  await leases().insertOne({ _id: relayLeaseName, expires_at: over });
  expect(await stateOf(0)).toEqual({ state: 'asleep', heard_at: over });
  expect(await stateOf(5_001)).toEqual({ state: 'silent', heard_at: over });
  await leases().updateOne({ _id: relayLeaseName }, { $set: { expires_at: now } });
  expect(await stateOf(0)).toEqual({ state: 'asleep', heard_at: now });
  await leases().updateOne({ _id: relayLeaseName }, { $set: { expires_at: new Date(now.getTime() + 1) } });
  expect(await stateOf(900_000)).toEqual({ state: 'awake', heard_at: now });
});

test('a report names every part, and what a queue server holds that does not answer is unknown', async () => {
  const heard = databases.read.collection<{ _id: string; at: Date }>(heardCollection);
  await heard.insertOne({ _id: subscription, at: new Date(0) });
  await recordLags(databases.read, subscription, [50]);
  await recordLags(databases.read, subscription, [900], ago(7 * 60_000));
  await appendPositions(databases.write, 1, ['a', 'b', 'c']);
  const report = await (await newReporter())();
  expect(report).toMatchObject({
    ...{ within_contract: true, read_lag_ms: 300, last_position: 3 },
    behind: { events: 0, oldest_ms: 0 },
    backlog: { pending: 0, oldest_pending_ms: 0, parked: 0 },
    relay: { state: 'asleep', heard_at: null },
    reconcile: { state: 'awake', heard_at: null },
  });
  expect(Math.abs(report.at.getTime() - Date.now())).toBeLessThan(10_000);
  expect(report.subscriptions.map(({ subscription: name }) => name)).toEqual(
    catalogue.subscribers.map(({ name }) => name),
  );
  expect(report.command_queues.map(({ queue }) => queue)).toEqual([...catalogue.commandQueues]);
  const unknown = { waiting: null, in_flight: null, dead_letters: null };
  const [first, ...others] = report.subscriptions;
  expect(first).toMatchObject({
    ...{ ...unknown, within_contract: true, silent: false, heard_at: new Date(0) },
    // Of the last five minutes.
    lag: { count: 1, p50_ms: 50, p95_ms: 50, p99_ms: 50 },
  });
  for (const one of [...others, ...report.command_queues])
    expect(one).toMatchObject({ ...unknown, silent: false, heard_at: null, lag: { count: 0 } });
});

test('one subscription that is behind is enough to be out of contract, and all that is behind is counted', async () => {
  const [{ hears = [], name } = { hears: [], name: '' }] = catalogue.subscribers;
  const [type = ''] = hears;
  const stream = catalogue.streams.find(({ eventTypes }) => Object.hasOwn(eventTypes, type));
  if (stream === undefined) throw new Error('what a subscriber hears is of a stream');
  const stream_id = `${stream.type}-1`;
  await insert([
    { stream_id, stream_type: stream.type, type, pending: true, recorded_at: ago(60_000) },
    { stream_id, stream_type: stream.type, type, pending: true, recorded_at: ago(0) },
  ]);
  const { within_contract, behind, subscriptions, relay } = await (await newReporter())();
  expect([within_contract, relay.state]).toEqual([false, 'silent']);
  const own = subscriptions.find((one) => one.subscription === name);
  expect(own).toMatchObject({ within_contract: false, behind: { events: 1, pending: 1 }, silent: false });
  const late = subscriptions.filter((one) => one.behind.events > 0);
  expect(behind.events).toBe(late.length);
  expect(behind.oldest_ms).toBe(Math.max(...late.map((one) => one.behind.oldest_ms)));
  const others = subscriptions.filter((one) => one.behind.events === 0);
  expect(others.every((one) => one.within_contract)).toBe(true);
});
