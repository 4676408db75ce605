// Source: lib/core/relay/pace.ts. By a clock that only the test moves.
import { beforeEach, expect, test, vi } from 'vitest';
import { createPace } from '../../lib/core/relay/pace.ts';
import { snapshotSize } from '../../lib/core/relay/pending.ts';

/** What the relay waited for, and what ends it. */
const seen = vi.hoisted(() => ({ done: [] as string[], release: (): void => undefined, isHeld: false }));
const tell = vi.hoisted(() => (what: string): Promise<void> => {
  seen.done.push(what);
  return seen.isHeld ? new Promise((resolve) => (seen.release = resolve)) : Promise.resolve();
});
vi.mock('node:timers/promises', () => ({ setTimeout: (ms: number) => tell(`wait ${ms}`) }));
vi.mock('../../lib/core/relay/alarm.ts', () => ({
  eventAlarm: () => ({ next: (ms: number) => tell(`alarm ${ms}`), off: () => tell('off') }),
}));

beforeEach(() => {
  Object.assign(seen, { done: [], isHeld: false });
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => vi.useRealTimers();
});

const batchSize = 10;

const paceOf = ({ pollMs = 1_000, leftMs = 60_000 } = {}) => {
  const pace = createPace({ db: {} as never, batchSize, pollMs, timeLeftMs: () => leftMs });
  /** A look that takes so long and finds so many; gives what is done until the next one. */
  const look = async (found: number, tookMs = 0): Promise<string[]> => {
    const startedAt = performance.now();
    vi.advanceTimersByTime(tookMs);
    seen.done = [];
    await pace.next(startedAt, found);
    return seen.done;
  };
  return { pace, look };
};

test('a relay that has found nothing yet is woken by its alarm, or looks again when the poll interval is over', async () => {
  const { look } = paceOf({ pollMs: 700 });
  expect([await look(0), await look(0)]).toEqual([['alarm 700'], ['alarm 700']]);
});

test('while events come it looks each 30 ms with its alarm off, and for 200 ms after the last of them', async () => {
  const { look } = paceOf();
  expect(await look(1, 12)).toEqual(['off', 'wait 18']);
  expect(await look(1, 30)).toEqual(['off', 'wait 0']);
  expect(await look(1, 50)).toEqual(['off', 'wait 0']);
  expect(await look(0)).toEqual(['wait 30']);
  vi.advanceTimersByTime(200);
  expect(await look(0)).toEqual(['wait 30']);
  vi.advanceTimersByTime(1);
  expect(await look(0)).toEqual(['alarm 1000']);
  expect(await look(1)).toEqual(['off', 'wait 30']);
});

test('it looks again at once when it has seen as many as one look shows', async () => {
  const { look } = paceOf();
  expect(await look(snapshotSize(batchSize) - 1)).toEqual(['off', 'wait 30']);
  expect(await look(snapshotSize(batchSize))).toEqual(['off']);
});

test('it waits for no longer than the poll interval, or than its time lasts', async () => {
  expect(await paceOf({ pollMs: 5 }).look(1)).toEqual(['off', 'wait 5']);
  expect(await paceOf({ leftMs: 7 }).look(1)).toEqual(['off', 'wait 7']);
  expect(await paceOf({ leftMs: -7 }).look(1)).toEqual(['off', 'wait 0']);
});

test('it does not look before its alarm is off, its wait is over or its alarm rings', async () => {
  const { pace } = paceOf();
  let looked = 0;
  const begin = (found: number) => void pace.next(performance.now(), found).then(() => (looked += 1));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  seen.isHeld = true;
  begin(0);
  await turn();
  expect([seen.done, looked]).toEqual([['alarm 1000'], 0]);
  seen.release();
  await turn();
  expect(looked).toBe(1);
  begin(1);
  await turn();
  expect(seen.done).toEqual(['alarm 1000', 'off']);
  seen.release();
  await turn();
  expect([seen.done, looked]).toEqual([['alarm 1000', 'off', 'wait 30'], 1]);
  seen.release();
  await turn();
  expect(looked).toBe(2);
});

test('its alarm is off at the end', async () => {
  await paceOf().pace.end();
  expect(seen.done).toEqual(['off']);
});
