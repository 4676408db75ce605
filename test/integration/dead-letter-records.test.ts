import { beforeAll, expect, test } from 'vitest';
import { findDiscarded, recordDiscarded } from '../../lib/core/dead-letters/discarded.ts';
import { listDeadLetters } from '../../lib/core/dead-letters/groups.ts';
import {
  deadLetterRecords,
  type Failure,
  findOnTheirWay,
  forgetFailures,
  forgetGone,
  markReplayed,
  recordFailures,
} from '../../lib/core/dead-letters/records.ts';
import { AppError } from '../../lib/core/errors.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const subscription = 'tickets-projector';

const unknownEvent = new AppError('unknown_event', 'No event type Exploded is known here');
const brokenRule = new TypeError('cannot read a property of undefined');

const failure = (n: number, error: unknown, attempts = 5): Failure => ({
  messageId: `m-${n}`,
  eventId: `e-${n}`,
  body: `{"event_id":"e-${n}"}`,
  attempts,
  dead: attempts === 5,
  error,
});
const groups = () => listDeadLetters(databases.read, { subscription, limit: 10 });

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

test('dead letters are grouped by cause, and those that are still retried are none', async () => {
  await recordFailures(databases.read, subscription, [
    failure(1, unknownEvent),
    failure(2, unknownEvent),
    failure(3, brokenRule),
    failure(4, brokenRule, 2),
  ]);
  const found = await groups();
  expect(found.map(({ error, count }) => [error.code ?? error.name, count]).toSorted()).toEqual([
    ['TypeError', 1],
    ['unknown_event', 2],
  ]);
  expect(found.every(({ fingerprint, first_at, last_at }) => fingerprint !== '' && first_at <= last_at)).toBe(
    true,
  );
});

test('a replay is counted, also when the event fails again under another message id', async () => {
  await markReplayed(databases.read, subscription, [{ messageId: 'm-3', eventId: 'e-3' }]);
  expect((await groups()).map(({ count }) => count)).toEqual([2]);
  await recordFailures(databases.read, subscription, [{ ...failure(3, brokenRule), messageId: 'm-30' }]);
  const again = (await groups()).find(({ error }) => error.name === 'TypeError');
  expect(again).toMatchObject({ count: 1, replays: 1, letters: [{ event_id: 'e-3', message_id: 'm-30' }] });
});

test('a redriven letter that has failed again before its replay is counted stays a dead letter', async () => {
  const [, , letter] = await deadLetterRecords(databases.read).find().sort({ _id: 1 }).toArray();
  expect(letter?.message_id).toBe('m-30');
  await markReplayed(databases.read, subscription, [{ messageId: 'm-3', eventId: 'e-3' }]);
  expect((await groups()).find(({ error }) => error.name === 'TypeError')).toMatchObject({ count: 1 });
});

test('a message that is silent for longer than a retry takes counts as lost, a dead letter does not', async () => {
  const ids = ['e-1', 'e-4', 'e-5'];
  const onTheirWay = (since: Date) => findOnTheirWay(databases.read, subscription, ids, since);
  expect(await onTheirWay(new Date(0))).toEqual(new Set(['e-1', 'e-4']));
  expect(await onTheirWay(new Date(Date.now() + 60_000))).toEqual(new Set(['e-1']));
});

test('records of letters that are gone are forgotten once they must be in the queue, and only if it is empty', async () => {
  const forget = (letters: number, before: Date) =>
    forgetGone(databases.read, 'purged', async () => letters, before);
  await recordFailures(databases.read, 'purged', [failure(1, brokenRule), failure(2, brokenRule, 2)]);
  const later = new Date(Date.now() + 60_000);
  expect(await forget(1, later)).toBe(0);
  expect(await forget(0, new Date(Date.now() - 60_000))).toBe(0);
  expect(await forget(0, later)).toBe(1);
  expect(await deadLetterRecords(databases.read).countDocuments({ subscription: 'purged' })).toBe(1);
});

test('what succeeded is forgotten, and what was discarded stays on record with the reason', async () => {
  await forgetFailures(databases.read, subscription, [{ messageId: 'm-1', eventId: 'e-1' }]);
  const letter = { messageId: 'm-2', eventId: 'e-2', body: '{"event_id":"e-2"}' };
  await recordDiscarded(databases.read, subscription, [letter], 'test data');
  expect((await groups()).map(({ error }) => error.name)).toEqual(['TypeError']);
  expect(await databases.read.collection('discarded_letters').find().toArray()).toEqual([
    {
      _id: `${subscription}/m-2`,
      subscription,
      message_id: 'm-2',
      event_id: 'e-2',
      body: letter.body,
      reason: 'test data',
      discarded_at: expect.any(Date),
    },
  ]);
});

test('what was discarded for one subscription is still owed to the others', async () => {
  const discardedFor = async (name: string) => [
    ...(await findDiscarded(databases.read, name, ['e-1', 'e-2'])).keys(),
  ];
  expect(await discardedFor(subscription)).toEqual(['e-2']);
  expect(await discardedFor('orders-projector')).toEqual([]);
});

test('a letter that names no event has its record forgotten when it is put back', async () => {
  const { eventId: _, ...nameless } = failure(7, brokenRule);
  await recordFailures(databases.read, 'nameless', [nameless, failure(8, brokenRule)]);
  await markReplayed(databases.read, 'nameless', [nameless, failure(8, brokenRule)]);
  const left = await deadLetterRecords(databases.read).find({ subscription: 'nameless' }).toArray();
  expect(left).toMatchObject([{ message_id: 'm-8', dead: false, replays: 1 }]);
});

test('a letter that was put back a moment ago is on its way, however long ago it had failed', async () => {
  const old = failure(70, brokenRule);
  await recordFailures(databases.read, subscription, [old, failure(71, brokenRule, 2)]);
  const longAgo = new Date(Date.now() - 3_600_000);
  await deadLetterRecords(databases.read).updateMany(
    { event_id: { $in: ['e-70', 'e-71'] } },
    { $set: { last_at: longAgo } },
  );
  const aMinuteAgo = new Date(Date.now() - 60_000);
  const onTheirWay = () => findOnTheirWay(databases.read, subscription, ['e-70', 'e-71'], aMinuteAgo);
  await markReplayed(databases.read, subscription, [old]);
  expect(await onTheirWay()).toEqual(new Set(['e-70']));
});
