import { expect, test } from 'vitest';
import { databaseTime } from '../../lib/core/database-time.ts';
import { unpark } from '../../lib/core/relay/parked.ts';
import { type Publisher, publish, type SendOutcome } from '../../lib/core/relay/publish.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { count } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { instrument } from '../support/instrument.ts';
import { context, openCounters, setUpStore } from '../support/stores.ts';

const databases = useDatabases();

/** An event for two queues that do as they are told; gives what each was sent. */
const sentTo = async (told: { one: () => string; two: () => string }, looks: number) => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(1), isNew: true }, context());
  const stream_id = `Counter-${id}`;
  const sent = { one: 0, two: 0 };
  const publisher: Publisher = {
    async send(subscription, messages): Promise<SendOutcome> {
      const name = subscription === 'one' ? 'one' : 'two';
      sent[name] += 1;
      const answer = told[name]();
      const all = messages.map((message) => message.id);
      if (answer === 'refuses') return { refused: new Map(all.map((each) => [each, 'bad content'])) };
      if (answer === 'is away')
        return { refused: new Map(), unreachable: { ids: new Set(all), reason: 'connection refused' } };
      return { refused: new Map() };
    },
  };
  const options = { db: databases.write, publisher, subscriptionsOf: () => ['one', 'two'], maxAttempts: 2 };
  const find = () => eventRows(databases.write).findOne({ stream_id });
  for (let look = 0; look < looks; look += 1) {
    const row = await find();
    if (row?.pending) await publish([row], options);
  }
  return { sent, row: await find() };
};

test('a queue that has an event is not sent it again because another one refuses it', async () => {
  let looked = 0;
  const two = () => {
    looked += 1;
    return looked === 1 ? 'refuses' : 'takes it';
  };
  const { sent, row } = await sentTo({ one: () => 'takes it', two }, 2);
  expect(sent).toEqual({ one: 1, two: 2 });
  expect(row).toMatchObject({ published_at: expect.any(Date) });
  expect(row).not.toHaveProperty('pending');
});

test('an event that one queue refuses for good is parked only once the other one can be reached', async () => {
  const refused = () => 'refuses';
  const away = await sentTo({ one: refused, two: () => 'is away' }, 5);
  expect(away.row).toMatchObject({ pending: true, attempts: 5, error: 'one: bad content' });
  expect(away.row).not.toHaveProperty('parked_at');
  const back = await sentTo({ one: refused, two: () => 'takes it' }, 5);
  expect(back.sent).toEqual({ one: 2, two: 1 });
  expect(back.row).toMatchObject({ parked_at: expect.any(Date), attempts: 2, published_to: ['two'] });
  expect(back.row).not.toHaveProperty('pending');
});

/** Commits one; gives what finds its row. */
const oneEvent = async () => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(1), isNew: true }, context());
  return () =>
    eventRows(databases.write)
      .find({ stream_id: `Counter-${id}` })
      .toArray();
};

test.each([
  [0, 1_000],
  [3, 8_000],
  [5, 32_000],
  [6, 60_000],
  [40, 60_000],
])(
  'after %i refusals and one more, an event waits for %i ms: twice as long each time, up to a minute',
  async (attempts, pauseMs) => {
    const find = await oneEvent();
    const publisher: Publisher = {
      send: async (_, messages) => ({ refused: new Map(messages.map((one) => [one.id, 'no'])) }),
    };
    const rows = (await find()).map((row) => ({ ...row, attempts }));
    const before = await databaseTime(databases.write);
    await publish(rows, { db: databases.write, publisher, subscriptionsOf: () => ['one'], maxAttempts: 100 });
    const after = await databaseTime(databases.write);
    const [next] = (await find()).map((row) => row.next_attempt_at?.getTime() ?? 0);
    expect(next).toBeGreaterThanOrEqual(before.getTime() + pauseMs);
    expect(next).toBeLessThanOrEqual(after.getTime() + pauseMs);
  },
);

test('an event that is put back has all its attempts again', async () => {
  const options = { db: databases.write, subscriptionsOf: () => ['one'], maxAttempts: 2 };
  const refuses: Publisher = {
    send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'bad content'])) }),
  };
  const { row } = await sentTo({ one: () => 'refuses', two: () => 'refuses' }, 2);
  const find = () => eventRows(databases.write).findOne({ _id: row?._id ?? '' });
  expect(await find()).toHaveProperty('parked_at');
  expect(await unpark(databases.write, [row?._id ?? ''])).toBe(1);
  const again = await find();
  // It has its place in the log: what waits for another attempt is no new event.
  expect(again).toMatchObject({ pending: true, attempts: 0, next_attempt_at: new Date(0) });
  expect(again).not.toHaveProperty('parked_at');
  await publish(again === null ? [] : [again], { ...options, publisher: refuses });
  expect(await find()).toMatchObject({ pending: true, attempts: 1 });
});

test.each([
  ['published', 'refuses', { published_at: new Date(5) }],
  ['published', 'takes it', { published_at: new Date(5) }],
  ['given up', 'takes it', { parked_at: new Date(5), error: 'one: bad content' }],
])(
  'what another relay has %s meanwhile stays so, though this one hears that the queue %s',
  async (_, answer, fields) => {
    const find = await oneEvent();
    const rows = await find();
    const publisher: Publisher = {
      async send(_subscription, messages) {
        await eventRows(databases.write).updateMany(
          { _id: rows[0]?._id ?? '' },
          { $set: fields, $unset: { pending: true } },
        );
        const refused = answer === 'refuses' ? messages.map((one): [string, string] => [one.id, 'no']) : [];
        return { refused: new Map(refused) };
      },
    };
    await publish(rows, { db: databases.write, publisher, subscriptionsOf: () => ['one'], maxAttempts: 1 });
    expect(await find()).toEqual(rows.map(({ pending: __, ...row }) => ({ ...row, ...fields })));
  },
);

const relayWith = (publisher: Publisher, onOutage: (error: unknown) => void, db = databases.write) => {
  let batches = 0;
  const end = performance.now() + 5_000;
  return runRelay({
    db,
    publisher,
    subscriptionsOf: () => ['one'],
    maxAttempts: 2,
    owner: crypto.randomUUID(),
    batchSize: 10,
    pollMs: 5,
    leaseMs: 1_000,
    timeLeftMs: () => (batches > 0 ? 0 : end - performance.now()),
    onBatch: () => {
      batches += 1;
    },
    onOutage,
  });
};

test('a relay ends with the fault that a batch met, and one that an outage met says so and goes on', async () => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(1), isNew: true }, context());
  const outages: unknown[] = [];
  const failing = (error: Error): Publisher => ({ send: () => Promise.reject(error) });
  await expect(
    relayWith(failing(new TypeError('no such thing')), (one) => outages.push(one)),
  ).rejects.toThrow('no such');
  expect(outages).toEqual([]);
  const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });
  let sends = 0;
  const returning: Publisher = {
    async send() {
      sends += 1;
      if (sends < 3) throw away;
      return { refused: new Map() };
    },
  };
  await relayWith(returning, (one) => outages.push(one));
  expect(outages.length).toBeGreaterThan(0);
  expect(await eventRows(databases.write).findOne({ stream_id: `Counter-${id}` })).toHaveProperty(
    'published_at',
  );
});

test('a database that is away is told of once, however often the relay looks whether it is back', async () => {
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(1), isNew: true }, context());
  const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });
  const outages: unknown[] = [];
  let calls = 0;
  const { db } = instrument(async (call) => {
    calls += 1;
    if (calls <= 2) throw away;
    return call();
  });
  const takes: Publisher = { send: async () => ({ refused: new Map() }) };
  expect(await relayWith(takes, (one) => outages.push(one), db(databases.write))).toBeGreaterThan(0);
  expect(outages).toEqual([away]);
});
