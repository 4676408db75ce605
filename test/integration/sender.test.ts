// Source: lib/core/relay/sender.ts.
import { beforeEach, expect, test } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import type { PublishResult, SendOutcome } from '../../lib/core/relay/publish.ts';
import { createSender } from '../../lib/core/relay/sender.ts';
import { openPositions } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
let made = 0;

const rowsOf = (count: number): EventRow[] =>
  Array.from({ length: count }, () => {
    made += 1;
    const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
    const event = { type: 'Happened', schema_version: 1, data: {}, metadata, recorded_at: new Date() };
    return {
      ...event,
      _id: `e-${made}`,
      stream_id: `Any-${made}`,
      stream_type: 'Any',
      version: 1,
      pending: true,
    };
  });

/** A sender whose queue answers as it is told. */
const senderOf = (answer: (ids: string[]) => SendOutcome | Promise<SendOutcome>) => {
  const told: PublishResult[] = [];
  const sender = createSender({
    db: databases.write,
    publisher: { send: async (_, messages) => answer(messages.map(({ id }) => id)) },
    subscriptionsOf: () => ['one'],
    maxAttempts: 5,
    onBatch: (result) => void told.push(result),
  });
  return { ...sender, told };
};
const takes = (): SendOutcome => ({ refused: new Map() });
const awayFor = (ids: string[]): SendOutcome => ({
  refused: new Map(),
  unreachable: { ids: new Set(ids), reason: 'connection refused' },
});

beforeEach(async () => {
  await eventRows(databases.write).deleteMany({});
  await databases.write.collection('positions').deleteMany({});
});

test('while nothing can be sent the pauses grow to two seconds, and the first success ends them', async () => {
  let answer = awayFor;
  const { send, state, told } = senderOf((ids) => answer(ids));
  const pauses: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const before = performance.now();
    await send(rowsOf(2));
    pauses.push(state.pause);
    expect(state.pausedUntil).toBeGreaterThanOrEqual(before + state.pause);
    expect(state.pausedUntil).toBeLessThanOrEqual(performance.now() + state.pause);
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  answer = ([, ...others]) => awayFor(others);
  await send(rowsOf(2));
  expect([state.pause, state.published]).toEqual([0, 1]);
  answer = awayFor;
  await send(rowsOf(1));
  expect([state.pause, told.length]).toEqual([100, 9]);
});

test('a refusal is no reason to pause', async () => {
  const { send, state } = senderOf((ids) => ({ refused: new Map(ids.map((id) => [id, 'too long'])) }));
  await send(rowsOf(2));
  expect([state.pause, state.published]).toEqual([0, 0]);
});

test('four batches are under way at once, each with its places; the next one has room when one of them ends', async () => {
  const answers: (() => void)[] = [];
  const { start, room, drain, state } = senderOf(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answers.push(resolve);
    await promise;
    return takes();
  });
  const hasRoom = () => Promise.race([room().then(() => true), new Promise(setImmediate).then(() => false)]);
  for (let batch = 0; batch < 4; batch += 1) {
    expect(await hasRoom()).toBe(true);
    const rows = rowsOf(2);
    await eventRows(databases.write).insertMany(rows);
    await start(rows, 1 + 2 * batch);
  }
  expect(await hasRoom()).toBe(false);
  expect((await openPositions(databases.write)).map(({ _id }) => _id)).toEqual([1, 3, 5, 7]);
  answers[2]?.();
  await room();
  expect(state.published).toBe(2);
  for (const answer of answers) answer();
  await drain();
  expect([state.published, state.failure]).toEqual([8, undefined]);
  expect(await openPositions(databases.write)).toEqual([]);
  expect(await eventRows(databases.write).countDocuments({ pending: true })).toBe(0);
});

test('a batch that fails leaves its places open, and of several failures the first is told', async () => {
  const failures = [new Error('the first'), new Error('the second')];
  const { start, drain, state } = senderOf(() => Promise.reject(failures.shift()));
  await start(rowsOf(1), 1);
  await drain();
  await start(rowsOf(1), 2);
  await drain();
  expect(state.failure).toMatchObject({ message: 'the first' });
  expect(await openPositions(databases.write)).toHaveLength(2);
});
