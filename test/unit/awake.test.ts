// What a command does after its commit. Source: lib/core/relay/awake.ts; what the lease says is tested with a database.
import type { Db } from 'mongodb';
import { beforeEach, expect, test, vi } from 'vitest';
import { relayWaker } from '../../lib/core/relay/awake.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000_000 });
  return () => vi.useRealTimers();
});

const countedOnMs = 3_000;

interface Given {
  /** How long others are counted on, as the lease says; null: there is no lease. */
  leftMs: number | null;
  /** Whether this is the one that claims the call. */
  isFirst: boolean;
  find(): Promise<void>;
  start(): Promise<void>;
}

/** A command's container, the lease that it sees, and what it did. */
const commandThat = (options: Partial<Given>) => {
  const given: Given = {
    leftMs: 0,
    isFirst: true,
    find: async () => undefined,
    start: async () => undefined,
    ...options,
  };
  const done: string[] = [];
  const leases = {
    findOne: async () => {
      done.push('looks');
      const { leftMs } = given;
      await given.find();
      return leftMs === null ? null : { left_ms: leftMs };
    },
    updateOne: async () => {
      done.push('claims');
      return { matchedCount: given.isFirst ? 1 : 0 };
    },
  };
  const start = async (): Promise<void> => {
    done.push('starts');
    await given.start();
  };
  const db = { collection: () => leases } as never as Db;
  const wake = relayWaker(db, start, countedOnMs);
  /** Gives what one command does. */
  const command = async (): Promise<string> => {
    done.length = 0;
    await wake();
    return done.join(' ');
  };
  return { given, done, wake, command };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('as long as a relay has promised to be awake, no command asks for it', async () => {
  const { given, command } = commandThat({ leftMs: 500 });
  expect(await command()).toBe('looks');
  vi.advanceTimersByTime(499);
  expect(await command()).toBe('');
  vi.advanceTimersByTime(1);
  given.leftMs = 3_600_000;
  expect(await command()).toBe('looks');
  vi.advanceTimersByTime(countedOnMs - 1);
  expect(await command()).toBe('');
  vi.advanceTimersByTime(1);
  expect(await command()).toBe('looks');
});

test('a promise is counted from before it was asked for', async () => {
  const { command } = commandThat({ leftMs: 500, find: async () => void vi.advanceTimersByTime(400) });
  await command();
  vi.advanceTimersByTime(99);
  expect(await command()).toBe('');
  vi.advanceTimersByTime(1);
  expect(await command()).toBe('looks');
});

test('a command that finds no relay starts one and counts on it, also if there has never been a lease', async () => {
  for (const [leftMs, does] of [
    [0, 'looks claims starts'],
    [-700, 'looks claims starts'],
    [1, 'looks'],
    [null, 'looks starts'],
  ] as const)
    expect(await commandThat({ leftMs }).command()).toBe(does);
  const { command } = commandThat({ leftMs: -700 });
  await command();
  vi.advanceTimersByTime(countedOnMs - 1);
  expect(await command()).toBe('');
  vi.advanceTimersByTime(1);
  expect(await command()).toBe('looks claims starts');
});

test('a command that comes too late to call the relay starts none, and the next one looks again', async () => {
  const { command } = commandThat({ isFirst: false });
  expect(await command()).toBe('looks claims');
  expect(await command()).toBe('looks claims');
});

test('a container that was frozen asks again, though one of its clocks stood still or went back', async () => {
  for (const shiftMs of [countedOnMs, -countedOnMs]) {
    const { command } = commandThat({ leftMs: 3_600_000 });
    await command();
    vi.setSystemTime(Date.now() + shiftMs);
    expect(await command()).toBe('looks');
  }
  const { command } = commandThat({ leftMs: 3_600_000 });
  await command();
  const wall = Date.now();
  vi.advanceTimersByTime(countedOnMs);
  vi.setSystemTime(wall);
  expect(await command()).toBe('looks');
});

test('commands that come while one of them asks wait for its answer, and ask once more if it promises nothing', async () => {
  for (const [leftMs, does] of [
    [500, 'looks'],
    [0, 'looks claims looks claims'],
  ] as const) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { done, wake } = commandThat({ leftMs, isFirst: false, find: () => promise });
    let ended = 0;
    const begin = () => wake().then(() => (ended += 1));
    const first = begin();
    await turn();
    const others = [begin(), begin()];
    await turn();
    expect([done, ended]).toEqual([['looks'], 0]);
    resolve();
    await Promise.all([first, ...others]);
    expect(done.join(' ')).toBe(does);
  }
});

test('a command ends when the call of the relay was accepted, and another one does not fail with it', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const { given, done, wake, command } = commandThat({ start: () => promise });
  const away = new Error('away');
  const first = wake();
  await turn();
  expect(done).toEqual(['looks', 'claims', 'starts']);
  const other = wake();
  await turn();
  const next = Promise.withResolvers<void>();
  given.start = () => next.promise;
  reject(away);
  await expect(first).rejects.toBe(away);
  let ended = false;
  void other.then(() => {
    ended = true;
  });
  await turn();
  expect([done.slice(3), ended]).toEqual([['looks', 'claims', 'starts'], false]);
  next.resolve();
  await other;
  expect(await command()).toBe('');
});
