import { MongoClient } from 'mongodb';
import { beforeAll, expect, test } from 'vitest';
import { deadLetterRecords } from '../../lib/core/dead-letters/records.ts';
import { lagsCollection } from '../../lib/core/projection/lag.ts';
import { consumerHandler } from '../../lib/platform/consumer.ts';
import type { Consumer } from '../../lib/platform/deliveries.ts';
import { createEffectRecorder } from '../../lib/platform/effect-recorder.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';

const databases = useDatabases();
beforeAll(hushFunctions);
const since = () => new Date(Date.now() - 50);
const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });

/** Takes words; one fails as `failures` says. */
const wordsThat = (name: string, failures: Record<string, Error>): Consumer<string> => ({
  name,
  parse: String,
  describe: (id) => ({ id, correlationId: id, since: since(), log: {} }),
  apply: async (words) => ({
    applied: words.filter((word) => failures[word] === undefined),
    duplicates: 0,
    failures: new Map(
      words.flatMap((word) => (failures[word] === undefined ? [] : [[word, failures[word]]])),
    ),
  }),
});

const deliver = (consumer: Consumer<string>, words: string[], readDb = databases.read) =>
  consumerHandler(consumer, readDb)(
    sqsEvent(words.map((word) => JSON.stringify(word))),
    lambdaContext(consumer.name),
  );

/** A database that nobody reaches any more. */
const closedDatabase = async () => {
  const client = await MongoClient.connect(databases.readUrl);
  await client.close();
  return client.db();
};

test('a batch that fails because the database is away fails the whole invocation, so that Lambda slows down', async () => {
  const delivering = deliver(wordsThat('all-away', { one: away, two: away }), ['one', 'two']);
  await expect(delivering).rejects.toMatchObject({ code: 'unavailable' });
});

test('a batch of which only a part met an outage gives back just what failed', async () => {
  const consumer = wordsThat('part-away', { one: away, two: new TypeError('is bad') });
  expect(await deliver(consumer, ['one', 'two', 'three'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm-0' }, { itemIdentifier: 'm-1' }],
  });
  const found = await deadLetterRecords(databases.read).find({ subscription: 'part-away' }).toArray();
  expect(found.map(({ message_id }) => message_id).toSorted()).toEqual(['m-0', 'm-1']);
  expect(await databases.read.collection(lagsCollection).countDocuments({ subscription: 'part-away' })).toBe(
    1,
  );
});

test('what took effect is not delivered again because its record could not be kept', async () => {
  const consumer = wordsThat('no-record', { two: new TypeError('is bad') });
  expect(await deliver(consumer, ['one', 'two'], await closedDatabase())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm-1' }],
  });
});

test('who records when messages took effect hears that the database is away', async () => {
  const keep = createEffectRecorder(await closedDatabase(), 'any');
  await expect(keep([{ id: 'e', since: since() }], new Date())).rejects.toThrow();
});
