import { MongoClient } from 'mongodb';
import { beforeAll, expect, test } from 'vitest';
import { deadLetterRecords } from '../../lib/core/dead-letters/records.ts';
import { findEffects } from '../../lib/core/ops/effects.ts';
import { lagsCollection, summarizeLags } from '../../lib/core/projection/lag.ts';
import { config } from '../../lib/platform/config.ts';
import { consumerHandler } from '../../lib/platform/consumer.ts';
import type { Consumer } from '../../lib/platform/deliveries.ts';
import { createEffectRecorder } from '../../lib/platform/effect-recorder.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { linesOf } from '../support/lines.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';
import { waitFor } from '../support/wait-for.ts';

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

const eventWith = (words: string[], attempts = 1, attributes: string[] = []) =>
  sqsEvent(
    words.map((word) => JSON.stringify(word)),
    attempts,
    attributes,
  );
const deliver = (consumer: Consumer<string>, words: string[], readDb = databases.read) =>
  consumerHandler(consumer, readDb)(eventWith(words), lambdaContext(consumer.name));
const lettersOf = (subscription: string) =>
  deadLetterRecords(databases.read).find({ subscription }).sort({ _id: 1 }).toArray();

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
  const found = await lettersOf('part-away');
  expect(found.map(({ message_id }) => message_id)).toEqual(['m-0', 'm-1']);
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

test('a message that failed as often as it may is a dead letter, and one that may come again is none yet', async () => {
  const consumer = wordsThat('often', { one: new TypeError('is bad') });
  const handler = consumerHandler(consumer, databases.read);
  const { MAX_ATTEMPTS } = config;
  for (const [attempts, dead] of [
    [MAX_ATTEMPTS - 1, false],
    [MAX_ATTEMPTS, true],
  ] as const) {
    const lines = await linesOf(() => handler(eventWith(['one'], attempts), lambdaContext('often')));
    expect(await lettersOf('often')).toMatchObject([
      { message_id: 'm-0', correlation_id: 'one', attempts, dead, body: '"one"' },
    ]);
    const measured = lines.find((line) => '_aws' in line);
    expect(measured).toMatchObject({ EventsApplied: 0, Failures: 1, ...(dead ? { DeadLetters: 1 } : {}) });
    expect(Object.keys(measured ?? {}).includes('DeadLetters')).toBe(dead);
  }
});

test.each<[string, number, string[]]>([
  ['comes again', 2, []],
  ['was put back by an operator', 1, ['replayed']],
])('what has failed is forgotten when it succeeds as it %s', async (how, attempts, attributes) => {
  const name = `healed-${attributes.length}`;
  await deliver(wordsThat(name, { one: new TypeError('is bad') }), ['one']);
  const healed = consumerHandler(wordsThat(name, {}), databases.read);
  expect(await lettersOf(name), how).toHaveLength(1);
  await healed(eventWith(['one'], attempts, attributes), lambdaContext(name));
  expect(await lettersOf(name), how).toEqual([]);
});

test('each batch is measured: what took effect and how late, what came twice, and what failed', async () => {
  const consumer = {
    ...wordsThat('measured', { bad: new TypeError('is bad') }),
    describe: (id: string) => ({
      ...{ id, correlationId: `of ${id}`, log: { word: id } },
      // One of them by a clock that is ahead of ours.
      since: new Date(Date.now() + (id === 'early' ? 60_000 : id === 'late' ? -config.READ_LAG_MS - 100 : 0)),
    }),
  };
  const handler = consumerHandler(consumer, databases.read);
  const words = ['early', 'late', 'soon', 'soon', 'bad'];
  const lines = await linesOf(() => handler(eventWith(words), lambdaContext('function')));
  const measured = lines.find((line) => '_aws' in line);
  expect(measured).toMatchObject({
    ...{ function: 'function', EventsApplied: 3, Duplicates: 1, Failures: 1, LagOverContract: 1 },
    correlation_ids: 'of early of late of soon',
  });
  expect(measured).not.toHaveProperty('DeadLetters');
  const [early = -1, late = 0, soon = -1] = (measured?.['Lag'] ?? []) as number[];
  expect(early).toBe(0);
  expect(late - soon).toBeGreaterThanOrEqual(99 + config.READ_LAG_MS);
  expect(soon).toBeGreaterThanOrEqual(0);
  expect(lines).toContainEqual(
    expect.objectContaining({
      ...{ level: 'WARN', message: 'not applied', subscription: 'measured', message_id: 'm-4' },
      ...{ correlation_id: 'of bad', word: 'bad', reason: 'is bad' },
    }),
  );
});

test('an outage is said once, and again when the database has been back', async () => {
  const failures: Record<string, Error> = {};
  const handler = consumerHandler(wordsThat('outage', failures), databases.read);
  const saidOf = async (): Promise<unknown[]> => {
    const lines = await linesOf(() =>
      handler(eventWith(['one', 'two']), lambdaContext('outage')).catch(() => undefined),
    );
    return lines.filter((line) => !('_aws' in line)).map(({ message, count }) => [message, count]);
  };
  const said = ['database not reachable, messages come again', 2];
  Object.assign(failures, { one: away, two: away });
  expect([await saidOf(), await saidOf()]).toEqual([[said], []]);
  for (const word of ['one', 'two']) delete failures[word];
  expect(await saidOf()).toEqual([]);
  Object.assign(failures, { one: away, two: away });
  expect(await saidOf()).toEqual([said]);
});

test('whose fault a failure of several is, is looked for while there is time to keep what was found', async () => {
  const { apply, ...rest } = wordsThat('together', {});
  const failing: Consumer<string> = {
    ...rest,
    apply: (words) => (words.includes('bad') ? Promise.reject(new TypeError('is bad')) : apply(words)),
  };
  const failedOf = async (leftMs: number) =>
    (
      await consumerHandler(failing, databases.read)(
        eventWith(['one', 'bad', 'two']),
        lambdaContext('together', leftMs),
      )
    ).batchItemFailures.length;
  expect([await failedOf(10_100), await failedOf(9_900)]).toEqual([1, 3]);
});

test('what calls a consumer and is no queue is told so', async () => {
  const handler = consumerHandler(wordsThat('called', {}), databases.read);
  const nonsense = { Records: 5 } as object as Parameters<typeof handler>[0];
  await expect(handler(nonsense, lambdaContext('called'))).rejects.toMatchObject({
    code: 'malformed_message',
  });
});

test('when messages took effect is kept at once, and then twice a second, each once and none forgotten', async () => {
  const keep = createEffectRecorder(databases.read, 'kept');
  const at = new Date();
  const arrived = (ids: string[]) => ids.map((id) => ({ id, since: new Date(at.getTime() - 50) }));
  const keptOf = async (ids: string[]) => [...(await findEffects(databases.read, ids)).keys()].toSorted();
  await keep(arrived(['a', 'b']), at);
  expect(await keptOf(['a', 'b'])).toEqual(['kept/a', 'kept/b']);
  // Under load the first hundred of each half second.
  const many = Array.from({ length: 130 }, (_, n) => `n${n}`);
  await keep(arrived(many.slice(0, 60)), at);
  await keep(arrived(many.slice(60)), at);
  expect(await keptOf(many)).toEqual([]);
  await waitFor('what was left over', async () => (await keptOf(many)).length > 0);
  expect(await keptOf(many)).toEqual(
    many
      .slice(0, 100)
      .map((id) => `kept/${id}`)
      .toSorted(),
  );
  const rows = await databases.read.collection('effects').find({ subscription: 'kept' }).toArray();
  expect(rows.map(({ effects }) => effects.length)).toEqual([2, 100]);
  const lagOf = async () => (await summarizeLags(databases.read, 5)).get('kept');
  await waitFor('all lags', async () => (await lagOf())?.count === 132);
  expect(await lagOf()).toEqual({ count: 132, p50_ms: 50, p95_ms: 50, p99_ms: 50 });
});
