// What the relay's function makes of its settings, and what it says. Source: functions/relay.ts.
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { RecordedEvent } from '../../lib/core/events.ts';
import type { PublishResult } from '../../lib/core/relay/publish.ts';
import type { RelayOptions } from '../../lib/core/relay/relay.ts';
import { lambdaContext } from '../support/sqs-event.ts';

const given = vi.hoisted(() => ({
  lines: [] as [string, Record<string, unknown>][],
  emitted: [] as unknown[],
  heart: [] as string[],
  run: async (_: RelayOptions): Promise<number> => 0,
}));
vi.mock('../../lib/core/relay/relay.ts', () => ({ runRelay: (options: RelayOptions) => given.run(options) }));
vi.mock('../../lib/platform/logger.ts', () => ({
  createLog: () => ({
    info: () => undefined,
    error: () => undefined,
    warn: (what: string, about: Record<string, unknown>) => given.lines.push([what, about]),
  }),
}));
vi.mock('../../lib/platform/metrics.ts', () => ({
  emitMetrics: (...line: unknown[]) => given.emitted.push(line),
}));
vi.mock('../../lib/platform/heartbeat.ts', () => ({
  createHeartbeat: (name: string) => ({
    beat: () => given.heart.push(`${name} beats`),
    settled: async () => given.heart.push('is settled'),
  }),
}));
vi.mock('../../lib/platform/wake-relay.ts', () => ({
  startNextRelay: async () => given.heart.push('calls the next'),
}));

beforeAll(() => {
  const settings = {
    RELAY_IDLE_SECONDS: '7',
    RELAY_BATCH_SIZE: '11',
    RELAY_POLL_INTERVAL_MS: '13',
    MAX_ATTEMPTS: '3',
    WRITE_DB_URL: 'mongodb://127.0.0.1:9/none',
    READ_DB_URL: 'mongodb://127.0.0.1:9/none',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
beforeEach(() => {
  given.lines = [];
  given.emitted = [];
  given.heart = [];
});

/** Runs the function with a relay that does this with its options. */
const withRelay = async (use: (options: RelayOptions) => void) => {
  given.run = async (options) => {
    use(options);
    return 5;
  };
  const { handler } = await import('../../functions/relay.ts');
  return handler({}, lambdaContext('relay', 30_000));
};

const event = {
  ...{ event_id: 'e', type: 'Any', version: 2, metadata: { correlation_id: 'c' } },
} as RecordedEvent;
const result = (fields: Partial<PublishResult>): PublishResult => ({
  ...{ published: 0, refused: 0, parked: 0, refusals: [] },
  ...fields,
});

test('the relay works by its settings, seconds as seconds, and ends a second before it would be stopped', async () => {
  let options: Partial<RelayOptions> = {};
  expect(
    await withRelay((taken) => {
      options = taken;
    }),
  ).toEqual({ published: 5 });
  expect(options).toMatchObject({ idleMs: 7_000, batchSize: 11, pollMs: 13, maxAttempts: 3, owner: 'relay' });
  expect(options.timeLeftMs?.()).toBe(29_000);
  // Its idle time must be longer than a called relay is counted on; a dead one must be replaced in seconds.
  expect(options.leaseMs).toBeLessThan(5_000);
});

test('the relay says of each event that was refused why, and whether it is given up', async () => {
  await withRelay(({ onBatch }) =>
    onBatch(
      result({
        refusals: [
          { event, reason: 'too long', parked: false },
          { event, reason: 'for ever', parked: true },
        ],
      }),
    ),
  );
  const about = { event_id: 'e', type: 'Any', version: 2, correlation_id: 'c' };
  expect(given.lines).toEqual([
    ['event refused', { ...about, reason: 'too long' }],
    ['event parked', { ...about, reason: 'for ever' }],
  ]);
});

test('the relay says once that a queue is away, and again when it has been back', async () => {
  await withRelay(({ onBatch, onOutage }) => {
    for (const unreachable of ['gone', 'gone', undefined, 'gone again'])
      onBatch(result(unreachable === undefined ? {} : { unreachable }));
    onOutage?.(new Error('no primary'));
  });
  expect(given.lines).toEqual([
    ['queue not reachable, events pend', { reason: 'gone' }],
    ['queue not reachable, events pend', { reason: 'gone again' }],
    ['database not reachable, events pend', { reason: 'no primary' }],
  ]);
});

test('the relay counts each batch: what was published, what refused, and what is given up', async () => {
  await withRelay(({ onBatch }) => onBatch(result({ published: 5, refused: 2, parked: 1 })));
  expect(given.emitted).toEqual([['relay', { EventsPublished: 5, EventsRefused: 2, EventsParked: 1 }]]);
});

test('the relay says what it owes while it holds the lease, calls the next one, and ends when all is said', async () => {
  await withRelay(({ onLease, callNext }) => {
    onLease?.();
    void callNext?.();
  });
  expect(given.heart).toEqual(['relay beats', 'calls the next', 'is settled']);
});
