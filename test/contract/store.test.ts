import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAppError } from '../../lib/core/errors.ts';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import type { Append, Loaded } from '../../lib/core/stores/store.ts';
import { type Counter, type CounterEvent, count, counterDecider as decider } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import {
  codesOf,
  context,
  dense,
  keyed,
  resultsOf,
  setUpStore,
  stores,
  streamType,
} from '../support/stores.ts';

const databases = useDatabases();
beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));
afterEach(() => {
  vi.useRealTimers();
});

const rowsOf = (id: string) =>
  eventRows(databases.write)
    .find({ stream_id: `${streamType}-${id}` })
    .sort({ version: 1 })
    .toArray();
const versionsOf = async (id: string) => (await rowsOf(id)).map(({ version }) => version);

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
  const setUp = (deadlineMs?: number) => setUpStore(open(databases.write), deadlineMs);

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

  test('a command insists on one of some versions: at another one it fails, and of two at once one does', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    const at = (...expectedVersions: number[]) =>
      handle({ id, command: count(1) }, context({ expectedVersions }));
    await expect(at(7)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(at()).rejects.toMatchObject({ code: 'precondition_failed' });
    const settled = await Promise.allSettled([at(1), at(1), at(1)]);
    expect(codesOf(settled)).toEqual(['precondition_failed', 'precondition_failed']);
    expect(await versionsOf(id)).toEqual(dense(2));
  });

  test('the time of a stream is that of the clock, but never goes back when the clock does', async () => {
    const { handle, id } = setUp();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const hour of [10, 9, 8, 12, 11, 13]) {
      vi.setSystemTime(new Date(Date.UTC(2026, 10, 21, hour)));
      await handle({ id, command: count(1, 1) }, context());
    }
    const hours = (await rowsOf(id)).map(({ recorded_at }) => recorded_at.getUTCHours());
    expect(hours).toEqual([10, 10, 10, 10, 10, 10, 12, 12, 12, 12, 13, 13]);
  });

  test('what insists on a version of something that is not there creates nothing, and is no conflict', async () => {
    const { handle, id } = setUp();
    const insisting = (fields: object) => handle({ id, command: count(1) }, context(fields));
    for (const fields of [{ expectedVersions: [3] }, { expectedVersions: [] }, { mustExist: true }])
      await expect(insisting(fields)).rejects.toMatchObject({ code: 'precondition_failed' });
    expect(await versionsOf(id)).toEqual([]);
    expect(await insisting({ expectedVersions: [0] })).toMatchObject({ version: 1 });
    await expect(insisting({ expectedVersions: [0] })).rejects.toMatchObject({ code: 'precondition_failed' });
  });

  test('a rule that refuses what does not exist is told before the version that it was to have', async () => {
    const { handle, id } = setUp();
    await expect(
      handle({ id, command: count(-1) }, context({ expectedVersions: [3] })),
    ).rejects.toMatchObject({
      code: 'rule_violated',
    });
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

  test('what a request says of itself stands on the events of its command', async () => {
    const { handle, id } = setUp();
    const requestedAt = new Date(1_000);
    const said = { causationId: 'another', requestedAt, ...keyed(`said-${id}`, 'hash') };
    const { commandId } = await handle({ id, command: count(1) }, said);
    const [row] = await rowsOf(id);
    expect(row?.metadata).toEqual({
      command_id: commandId,
      causation_id: 'another',
      correlation_id: 'contract',
      requested_at: requestedAt,
      request_hash: 'hash',
    });
  });
});
