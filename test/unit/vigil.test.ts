// Source: lib/core/relay/vigil.ts.
import type { Db, Document } from 'mongodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createVigil } from '../../lib/core/relay/vigil.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A lease that is to be had or not, and what was promised with it. */
const leaseThat = (isFree: boolean | Error = true) => {
  const promised: Document[] = [];
  return {
    promised,
    acquire: async (fields: Document = {}) => {
      promised.push(fields);
      if (isFree instanceof Error) throw isFree;
      return isFree;
    },
    release: async () => undefined,
  };
};
const promiseOf = (ms: number) => ({ awake_until: { $add: ['$$NOW', ms] } });

/** A database in whose lease somebody has called a relay, or nobody. */
const dbThat = (is_called: boolean): Db =>
  ({ collection: () => ({ findOne: async () => ({ expires_at: new Date(), is_called }) }) }) as never;

const vigilOf = (options: { idleMs?: number; leftMs?: number; isCalled?: boolean } = {}) => {
  const { idleMs, leftMs = 60_000, isCalled = false } = options;
  const idle = idleMs === undefined ? {} : { idleMs };
  return createVigil({ db: dbThat(isCalled), leaseMs: 5_000, timeLeftMs: () => leftMs, ...idle });
};

test('a relay without an end of its own promises its lease, as far as its time goes, and never rests', async () => {
  const lease = leaseThat();
  expect(await vigilOf().renew(lease)).toBe(true);
  await vigilOf({ leftMs: 700.9 }).renew(lease);
  await vigilOf({ leftMs: -5 }).renew(lease);
  expect(lease.promised).toEqual([promiseOf(5_000), promiseOf(700), promiseOf(0)]);
  const vigil = vigilOf({ isCalled: true });
  vi.advanceTimersByTime(1_000_000);
  expect(vigil.mayRest()).toBe(false);
});

test('a relay that nobody called promises nothing and may rest, until it has something to do', async () => {
  const [vigil, lease] = [vigilOf({ idleMs: 3_000 }), leaseThat()];
  await vigil.renew(lease);
  expect(vigil.mayRest()).toBe(true);
  vigil.busy();
  vi.advanceTimersByTime(1_000);
  await vigil.renew(lease);
  expect(lease.promised).toEqual([promiseOf(0), promiseOf(2_000)]);
  vi.advanceTimersByTime(1_999);
  expect(vigil.mayRest()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(vigil.mayRest()).toBe(true);
});

test('a relay that is called stays awake for longer than it had promised', async () => {
  const [vigil, lease] = [vigilOf({ idleMs: 3_000, isCalled: true }), leaseThat()];
  await vigil.renew(lease);
  vi.advanceTimersByTime(2_999);
  expect(vigil.mayRest()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(vigil.mayRest()).toBe(true);
});

test('a promise counts though its answer was lost, and whoever has no lease stays for none of its calls', async () => {
  const lost = new Error('connection closed');
  const vigil = vigilOf({ idleMs: 9_000 });
  vigil.busy();
  await expect(vigil.renew(leaseThat(lost))).rejects.toBe(lost);
  vi.advanceTimersByTime(4_999);
  expect(vigil.mayRest()).toBe(false);
  const other = vigilOf({ idleMs: 3_000, isCalled: true });
  expect(await other.renew(leaseThat(false))).toBe(false);
  expect(other.mayRest()).toBe(true);
});

test('a promise is counted from its answer on, since the database may have counted from then', async () => {
  const vigil = vigilOf({ idleMs: 3_000 });
  vigil.busy();
  const slow = leaseThat();
  const { acquire } = slow;
  slow.acquire = (fields) => {
    vi.advanceTimersByTime(500);
    return acquire(fields);
  };
  await vigil.renew(slow);
  expect(slow.promised).toEqual([promiseOf(3_000)]);
  vi.advanceTimersByTime(2_999);
  expect(vigil.mayRest()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(vigil.mayRest()).toBe(true);
});
