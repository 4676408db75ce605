import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAppError } from '../../lib/core/errors.ts';
import { eventRows, unchangedCommandsCollection } from '../../lib/core/event-rows.ts';
import { eventSourced } from '../../lib/core/event-sourced.ts';
import { type CommandContext, type CommandResult, commandHandler } from '../../lib/core/handle.ts';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { stateStored } from '../../lib/core/state-stored.ts';
import type { AggregateStore, Append, Loaded } from '../../lib/core/store.ts';
import {
  type Counter,
  type CounterEvent,
  count,
  counterDecider as decider,
  counterEvents as eventTypes,
} from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';

type Store = AggregateStore<Counter | undefined, CounterEvent>;

const streamType = 'Counter';
const stores: { name: string; open(db: Db): Store }[] = [
  {
    name: 'the state-stored one',
    open: (db) => stateStored({ db, streamType, collection: 'counters', decider, eventTypes }),
  },
  {
    name: 'the event-sourced one',
    open: (db) =>
      eventSourced({ db, streamType, decider, eventTypes, snapshots: { every: 1_000, shape: 1 } }),
  },
  {
    name: 'the event-sourced one with a snapshot each third event',
    open: (db) => eventSourced({ db, streamType, decider, eventTypes, snapshots: { every: 3, shape: 1 } }),
  },
];

const databases = useDatabases();
beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));
afterEach(() => {
  vi.useRealTimers();
});

const context = (fields: Partial<CommandContext> = {}): CommandContext => ({
  commandId: randomUUID(),
  correlationId: 'contract',
  ...fields,
});
const keyed = (idempotencyKey: string, requestHash = 'hash') => context({ idempotencyKey, requestHash });
const rowsOf = (id: string) =>
  eventRows(databases.write)
    .find({ stream_id: `${streamType}-${id}` })
    .sort({ version: 1 })
    .toArray();
const versionsOf = async (id: string) => (await rowsOf(id)).map(({ version }) => version);
const dense = (length: number) => Array.from({ length }, (_, index) => index + 1);
const codesOf = (settled: PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [Reflect.get(one.reason, 'code')] : []));
const resultsOf = (settled: PromiseSettledResult<CommandResult>[]) =>
  settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));

const appendOf = (
  from: Loaded<Counter | undefined>,
  ...steps: number[]
): Append<Counter | undefined, CounterEvent> => {
  const events = decider.decide(count(...steps), from.state);
  const command_id = randomUUID();
  return {
    from,
    next: events.reduce(decider.evolve, from.state),
    events,
    metadata: { command_id, correlation_id: 'contract', causation_id: command_id },
  };
};

describe.each(stores)('a store: $name', ({ open }) => {
  const setUp = (deadlineMs?: number) => {
    const store = open(databases.write);
    const handle = commandHandler(store, decider, deadlineMs === undefined ? {} : { deadlineMs });
    return { store, handle, id: randomUUID() };
  };

  test('an aggregate of which nothing is known is at version 0', async () => {
    const { store, id } = setUp();
    expect(await store.load(id)).toEqual({ state: undefined, version: 0 });
  });

  test('loads what was appended, with dense versions from 1', async () => {
    const { store, handle, id } = setUp();
    for (const version of dense(8)) {
      expect(await handle({ id, command: count(2) }, context())).toMatchObject({ id, version });
    }
    expect(await store.load(id)).toMatchObject({ state: { total: 16 }, version: 8 });
    expect(await versionsOf(id)).toEqual(dense(8));
  });

  test('an append of several events takes effect as a whole, or not at all', async () => {
    const { store, handle, id } = setUp();
    await handle({ id, command: count(1, 2, 3) }, context());
    const stale = { state: { total: 1 }, version: 1 };
    await expect(store.append(id, appendOf(stale, 5, 5, 5, 5))).rejects.toMatchObject({
      code: 'version_conflict',
    });
    expect(await store.load(id)).toMatchObject({ state: { total: 6 }, version: 3 });
    expect(await versionsOf(id)).toEqual(dense(3));
  });

  test('of two appends to one version one wins, and the other is told that it lost', async () => {
    const { store } = setUp();
    for (const _ of dense(30)) {
      const id = randomUUID();
      const from = await store.load(id);
      const settled = await Promise.allSettled([
        store.append(id, appendOf(from, 1)),
        store.append(id, appendOf(from, 2, 3)),
      ]);
      expect(codesOf(settled)).toEqual(['version_conflict']);
      expect([1, 2]).toContain((await versionsOf(id)).length);
    }
  });

  test('50 writers on one aggregate all succeed or lose a race, and no update is lost', async () => {
    const { store, handle, id } = setUp();
    const settled = await Promise.allSettled(
      dense(50).map(() => handle({ id, command: count(1) }, context())),
    );
    expect(new Set(codesOf(settled))).toEqual(new Set(codesOf(settled).length ? ['version_conflict'] : []));
    const versions = resultsOf(settled).map(({ version }) => version);
    expect(versions.sort((one, other) => one - other)).toEqual(dense(versions.length));
    expect(await store.load(id)).toMatchObject({
      state: { total: versions.length },
      version: versions.length,
    });
  });

  test('writers past their deadline get a lost race, never an error of the driver', async () => {
    const { handle, id } = setUp(0);
    const settled = await Promise.allSettled(
      dense(30).map(() => handle({ id, command: count(1, 1) }, context())),
    );
    const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons.every((reason) => isAppError(reason, 'version_conflict'))).toBe(true);
    expect(await versionsOf(id)).toEqual(dense(2 * resultsOf(settled).length));
  });

  test('a command insists on a version: at another one it fails, and of two at once one does', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    const at = (...expectedVersions: number[]) =>
      handle({ id, command: count(1) }, context({ expectedVersions }));
    await expect(at(7)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(at(1, 2)).rejects.toMatchObject({ code: 'precondition_failed' });
    const settled = await Promise.allSettled([at(1), at(1), at(1)]);
    expect(codesOf(settled)).toEqual(['precondition_failed', 'precondition_failed']);
    expect(await versionsOf(id)).toEqual(dense(2));
  });

  test('a command with a key takes effect once, also when its retries race', async () => {
    const { store, handle } = setUp();
    for (const _ of dense(20)) {
      const [id, key] = [randomUUID(), randomUUID()];
      const settled = await Promise.allSettled(
        dense(4).map(() => handle({ id, command: count(1, 1) }, keyed(key))),
      );
      expect(codesOf(settled)).toEqual([]);
      expect(new Set(resultsOf(settled).map(({ version }) => version))).toEqual(new Set([2]));
      expect(resultsOf(settled).filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await store.load(id)).toMatchObject({ state: { total: 2 }, version: 2 });
    }
  });

  test('racing retries of a create make one thing, and all answer with its id', async () => {
    const { handle } = setUp();
    for (const _ of dense(20)) {
      const key = randomUUID();
      const settled = await Promise.allSettled(
        dense(4).map(() => handle({ id: randomUUID(), command: count(1), isNew: true }, keyed(key))),
      );
      expect(codesOf(settled)).toEqual([]);
      expect(new Set(resultsOf(settled).map(({ id }) => id)).size).toBe(1);
      expect(await eventRows(databases.write).countDocuments({ idempotency_keys: key })).toBe(1);
    }
  });

  test('a retry weeks later answers as at first, whatever happened since', async () => {
    const { handle, id } = setUp();
    const first = await handle({ id, command: count(3) }, keyed(`late-${id}`));
    await handle({ id, command: count(4, 5) }, context());
    const again = await handle({ id, command: count(3) }, keyed(`late-${id}`));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await versionsOf(id)).toEqual(dense(3));
  });

  test('a key with another request is refused, and changes nothing', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(3) }, keyed(`reused-${id}`, 'one'));
    await expect(handle({ id, command: count(4) }, keyed(`reused-${id}`, 'two'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(await versionsOf(id)).toEqual(dense(1));
  });

  test('of two racing requests with one key and different bodies one is refused', async () => {
    const { handle } = setUp();
    for (const _ of dense(20)) {
      const [id, key] = [randomUUID(), randomUUID()];
      const settled = await Promise.allSettled([
        handle({ id, command: count(1) }, keyed(key, 'one')),
        handle({ id, command: count(2) }, keyed(key, 'two')),
      ]);
      expect(codesOf(settled)).toEqual(['idempotency_key_reused']);
      expect(await versionsOf(id)).toEqual(dense(1));
    }
  });

  test('a command that changes nothing keeps the version, and its key is remembered', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    const first = await handle({ id, command: count() }, keyed(`unchanged-${id}`));
    expect(first).toMatchObject({ version: 1, replayed: false });
    await handle({ id, command: count(1) }, context());
    const again = await handle({ id, command: count() }, keyed(`unchanged-${id}`));
    expect(again).toEqual({ ...first, replayed: true });
    await expect(handle({ id, command: count(9) }, keyed(`unchanged-${id}`, 'other'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const remembered = databases.write.collection(unchangedCommandsCollection);
    expect(await remembered.countDocuments({ id })).toBe(1);
  });

  test('a refused command leaves nothing, and its key is free', async () => {
    const { handle, id } = setUp();
    await expect(handle({ id, command: count(-1) }, keyed(`free-${id}`))).rejects.toMatchObject({
      code: 'rule_violated',
    });
    expect(await handle({ id, command: count(1) }, keyed(`free-${id}`, 'other'))).toMatchObject({
      version: 1,
    });
  });

  test('the time of a stream never goes back, though the clock does', async () => {
    const { handle, id } = setUp();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const time of ['2026-11-21T10:10:00Z', '2026-11-21T10:00:00Z', '2026-11-21T09:00:00Z']) {
      vi.setSystemTime(new Date(time));
      await handle({ id, command: count(1, 1) }, context());
    }
    const times = (await rowsOf(id)).map(({ recorded_at }) => recorded_at.getTime());
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(new Set(times)).toEqual(new Set([Date.parse('2026-11-21T10:10:00Z')]));
  });

  test('every event carries its command and waits to be published', async () => {
    const { handle, id } = setUp();
    const { commandId } = await handle({ id, command: count(1, 2) }, context({ traceparent: 'trace' }));
    for (const row of await rowsOf(id)) {
      expect(row).toMatchObject({ stream_id: `${streamType}-${id}`, stream_type: streamType, pending: true });
      expect(row.metadata).toEqual({
        command_id: commandId,
        causation_id: commandId,
        correlation_id: 'contract',
        traceparent: 'trace',
      });
    }
  });
});
