// What a command does after it has committed. Source: lib/platform/wake-relay.ts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const given = vi.hoisted(() => ({
  wake: async (_start: () => Promise<void>): Promise<void> => undefined,
  started: [] as unknown[],
  lines: [] as unknown[],
}));
vi.mock('../../lib/core/relay/awake.ts', () => ({
  relayWaker: (_db: unknown, start: () => Promise<void>) => () => given.wake(start),
}));
vi.mock('../../lib/platform/start-function.ts', () => ({
  startFunction: async (...asked: unknown[]) => void given.started.push(asked),
}));
vi.mock('../../lib/platform/logger.ts', () => ({
  createLog: () => ({ warn: (...line: unknown[]) => given.lines.push(line) }),
}));
vi.mock('../../lib/platform/mongo.ts', () => ({ writeDb: () => ({}) }));

const load = (environment: Record<string, string> = {}) => {
  for (const [name, value] of Object.entries({ RELAY_FUNCTION: 'tandem-dev-relay', ...environment }))
    vi.stubEnv(name, value);
  return import('../../lib/platform/wake-relay.ts');
};

beforeEach(() => {
  vi.resetModules();
  Object.assign(given, { wake: (start: () => Promise<void>) => start(), started: [], lines: [] });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

test('a command starts the relay that its stage names, and waits a second for it at most', async () => {
  const { wakeRelay, startNextRelay } = await load();
  await wakeRelay();
  await startNextRelay();
  expect(given.started).toEqual(Array.from({ length: 2 }, () => ['tandem-dev-relay', {}, 1_000]));
  expect(given.lines).toEqual([]);
});

test.each([{ RELAY_FUNCTION: '' }, { RELAY_IDLE_SECONDS: 'always' }])(
  'with %j nobody starts a relay',
  async (environment) => {
    const { wakeRelay, startNextRelay } = await load(environment);
    await wakeRelay();
    await startNextRelay();
    expect(given.started).toEqual([]);
  },
);

test('a command has succeeded though no relay can be started, which stands in the log with its cause', async () => {
  const { wakeRelay, startNextRelay } = await load();
  const cause = new Error('429: not now');
  given.wake = () => Promise.reject(new Error('Lambda cannot be reached', { cause }));
  await wakeRelay();
  given.wake = () => Promise.reject('a text');
  await wakeRelay();
  const said = 'no relay was started, the scheduled one comes within a minute';
  expect(given.lines).toEqual([
    [said, { reason: 'Lambda cannot be reached: 429: not now' }],
    [said, { reason: 'a text' }],
  ]);
  given.wake = (start) => start();
  vi.spyOn(given.started, 'push').mockImplementation(() => {
    throw new Error('away');
  });
  await startNextRelay();
  expect(given.lines.at(-1)).toEqual([said, { reason: 'away' }]);
});

test('a command waits a second for a relay, and not longer; no timer is left when it was quicker', async () => {
  vi.useFakeTimers();
  const { wakeRelay } = await load();
  await wakeRelay();
  expect(vi.getTimerCount()).toBe(0);
  given.wake = () => new Promise(() => undefined);
  const ended = vi.fn();
  const waking = wakeRelay().then(ended);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await waking;
});
