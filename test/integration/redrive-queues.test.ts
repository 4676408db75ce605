import { randomUUID } from 'node:crypto';
import { DeleteQueueCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { discardedLettersCollection } from '../../lib/core/dead-letters/discarded.ts';
import { deadLetterRecords, type Failure, recordFailures } from '../../lib/core/dead-letters/records.ts';
import { useDatabases } from '../support/database.ts';
import { loadPlatform, openQueuePair } from '../support/queue-pair.ts';

const databases = useDatabases();
const prefix = `redrive-${randomUUID().slice(0, 8)}`;
const timeLeftMs = () => 60_000;
let platform: Awaited<ReturnType<typeof loadPlatform>>;
let subscription: string;
let queues: Awaited<ReturnType<typeof openQueuePair>>;

beforeAll(async () => {
  platform = await loadPlatform(prefix, databases);
});
afterAll(() => platform.closeDatabases());
beforeEach(async () => {
  subscription = `s-${randomUUID().slice(0, 8)}`;
  queues = await openQueuePair(prefix, subscription);
});

const letter = (id: string, bytes = 0) => JSON.stringify({ event_id: id, filler: 'x'.repeat(bytes) });
const numbered = (count: number, bytes = 0) =>
  Array.from({ length: count }, (_, n) => letter(`e-${n}`, bytes));
const redrive = (choice: object = {}) => platform.redriveLetters({ subscription, ...choice }, { timeLeftMs });

const failure = (n: number, error: unknown): Failure => ({
  messageId: `m-${n}`,
  eventId: `e-${n}`,
  body: letter(`e-${n}`),
  attempts: 5,
  dead: true,
  error,
});
const records = () => deadLetterRecords(databases.read).countDocuments({ subscription });

test('ten letters of 300 KB, more than SQS takes at once, go back in one call', async () => {
  await queues.send(queues.letters, numbered(10, 300_000));
  expect(await redrive()).toMatchObject({ redriven: 10, left: 0, done: true });
  expect(await queues.visible(queues.live)).toBe(10);
});

test('letters that fail again while they are redriven are taken once a call, and wait for the next', async () => {
  const bodies = [...numbered(60), ...Array.from({ length: 20 }, () => 'not json')];
  await queues.send(queues.letters, bodies);
  let stopped = false;
  const consuming = (async () => {
    while (!stopped) await queues.failAll();
  })();
  expect(await redrive()).toMatchObject({ redriven: bodies.length, done: true });
  await queues.failAll();
  stopped = true;
  await consuming;
  while ((await queues.failAll()).length > 0);
  expect(await queues.visible(queues.letters)).toBe(bodies.length);
  expect(await redrive()).toMatchObject({ redriven: bodies.length });
});

test('what waits on the live queue is neither taken nor counted', async () => {
  await queues.send(queues.live, numbered(5));
  expect(await redrive()).toEqual({ redriven: 0, left: 0, done: true, event_ids: [] });
  const reason = 'nothing is here';
  expect(await platform.discardLetters({ subscription, reason }, { timeLeftMs })).toMatchObject({
    discarded: 0,
  });
  expect(await queues.visible(queues.live)).toBe(5);
  expect(new Set(await queues.take(queues.live))).toEqual(new Set(numbered(5)));
});

test('letters that could not be put back, or were not meant, are visible at once', async () => {
  await queues.send(queues.letters, numbered(15));
  expect(await redrive({ event_ids: ['e-3'] })).toMatchObject({ redriven: 1, left: 14 });
  expect(await queues.visible(queues.letters)).toBe(14);
  await queues.client.send(new DeleteQueueCommand({ QueueUrl: queues.live }));
  await expect(redrive()).rejects.toThrow();
  expect(await queues.visible(queues.letters)).toBe(14);
});

test('a letter whose discarding cannot be put on record stays where it is', async () => {
  await queues.send(queues.letters, numbered(3));
  const validator = { _id: 'none' };
  await databases.read.createCollection(discardedLettersCollection, { validator });
  const discard = () => platform.discardLetters({ subscription, reason: 'test data' }, { timeLeftMs });
  await expect(discard()).rejects.toThrow();
  expect(await queues.visible(queues.letters)).toBe(3);
  await databases.read.command({ collMod: discardedLettersCollection, validator: {} });
  expect(await discard()).toMatchObject({ discarded: 3, left: 0 });
});

test('whoever watches hears how many letters are through by now, and never of more', async () => {
  const watched = async (
    act: (run: { timeLeftMs(): number; onProgress(through: number): void }) => Promise<object>,
  ) => {
    await queues.send(queues.letters, numbered(12));
    const told: number[] = [];
    await act({ timeLeftMs, onProgress: (through) => void told.push(through) });
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...new Set(told)].sort((one, other) => one - other));
    expect(told.at(-1)).toBe(12);
  };
  await watched((run) => platform.discardLetters({ subscription, reason: 'test data' }, run));
  await watched((run) => platform.redriveLetters({ subscription }, run));
});

test('one of two causes is chosen by its fingerprint, each letter of it, whatever its message is called by now', async () => {
  const [one, two] = [new TypeError('one'), new RangeError('two')];
  await recordFailures(databases.read, subscription, [failure(0, one), failure(1, two), failure(2, one)]);
  await queues.send(queues.letters, numbered(3));
  const { fingerprint } = (await deadLetterRecords(databases.read).findOne({ subscription })) ?? {};
  expect(await redrive({ fingerprint })).toMatchObject({ redriven: 2, left: 1, event_ids: ['e-0', 'e-2'] });
});

test('a letter that was purged does not keep its record', async () => {
  await recordFailures(databases.read, subscription, [
    failure(0, new Error('x')),
    failure(1, new Error('y')),
  ]);
  await queues.send(queues.letters, numbered(2));
  expect(await redrive({ event_ids: ['another'] })).toMatchObject({ left: 2 });
  expect(await records()).toBe(2);
  await queues.client.send(new PurgeQueueCommand({ QueueUrl: queues.letters }));
  expect(await redrive()).toMatchObject({ redriven: 0 });
  expect(await records()).toBe(0);
});
