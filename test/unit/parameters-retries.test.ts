// How long a function that starts waits for its secrets. Source: lib/platform/parameters.ts.
import { beforeEach, expect, test, vi } from 'vitest';
import { withParameters } from '../../lib/platform/parameters.ts';

const given = vi.hoisted(() => ({ tookMs: [] as number[], done: [] as string[] }));
vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    given.done.push(`waits ${ms}`);
    if (given.done.length > 20) throw new Error('It asks for ever');
    vi.advanceTimersByTime(ms);
  },
}));
vi.mock('../../lib/platform/aws-call.ts', () => ({
  callAws: async (_: unknown, { timeoutMs }: { timeoutMs: number }) => {
    given.done.push(`asks for ${timeoutMs}`);
    vi.advanceTimersByTime(given.tookMs.shift() ?? 0);
    throw new Error(`no answer ${given.done.length}`);
  },
}));

beforeEach(() => {
  given.done = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

const done = async (random: number, tookMs: number[]): Promise<string[]> => {
  given.done = [];
  given.tookMs = tookMs;
  vi.spyOn(Math, 'random').mockReturnValue(random);
  await expect(withParameters({ OPS_TOKEN_PARAMETER: '/token' })).rejects.toThrow(
    /^Parameter Store cannot be reached for \/token \(no answer \d\): /,
  );
  return given.done;
};

test('a function that starts waits three seconds for its secrets, however often it asks', async () => {
  expect(await done(0.5, [1_000, 1_000, 500])).toEqual([
    'asks for 3000',
    'waits 100',
    'asks for 1900',
    'waits 400',
    'asks for 500',
  ]);
});

test('it asks after a pause drawn at random, and not again when its time would be over by then', async () => {
  expect(await done(0, [0, 2_749, 0])).toEqual([
    'asks for 3000',
    'waits 50',
    'asks for 2950',
    'waits 200',
    'asks for 1',
  ]);
  expect(await done(1, [0, 2_250])).toEqual(['asks for 3000', 'waits 150', 'asks for 2850']);
  expect(await done(1, [2_851])).toEqual(['asks for 3000']);
});
