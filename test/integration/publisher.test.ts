import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { PublishResult } from '../../lib/core/relay/publish.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { count } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { loadPlatform, openQueuePair } from '../support/queue-pair.ts';
import { startSqsProxy } from '../support/sqs-proxy.ts';
import { context, setUpStore, stores } from '../support/stores.ts';

const databases = useDatabases();
const prefix = `publisher-${randomUUID().slice(0, 8)}`;
let platform: Awaited<ReturnType<typeof loadPlatform>>;
let proxy: Awaited<ReturnType<typeof startSqsProxy>>;
let subscription: string;
let queues: Awaited<ReturnType<typeof openQueuePair>>;

beforeAll(async () => {
  proxy = await startSqsProxy(inject('sqsEndpoint'));
  platform = await loadPlatform(prefix, databases, proxy.url);
});
afterAll(async () => {
  proxy.close();
  await platform.closeDatabases();
});
beforeEach(async () => {
  subscription = `s-${randomUUID().slice(0, 8)}`;
  queues = await openQueuePair(prefix, subscription);
  proxy.refuse({});
  await eventRows(databases.write).deleteMany({});
});

const messages = (many: number, bytes = 20) =>
  Array.from({ length: many }, (_, n) => ({
    id: `e-${n}`,
    body: JSON.stringify({ n, filler: 'x'.repeat(bytes) }),
  }));
const send = (many: number, bytes?: number) =>
  platform.sqsPublisher.send(subscription, messages(many, bytes));
const ids = (...numbers: number[]) => numbers.map((n) => `e-${n}`);
const sendCalls = () => proxy.calls.filter(({ action }) => action === 'SendMessageBatch');
const numberIn = (body = ''): number => JSON.parse(body).n;

describe('the relay on a queue that refuses', () => {
  const record = async (events: number): Promise<string[]> => {
    const [, open] = stores;
    if (open === undefined) throw new Error('no store');
    const { handle, id } = setUpStore(open.open(databases.write));
    await handle(
      { id, command: count(...Array.from({ length: events }, (_, n) => n + 1)), isNew: true },
      context(),
    );
    return (await rows()).map(({ _id }) => _id);
  };
  const rows = () => eventRows(databases.write).find().sort({ version: 1 }).toArray();
  const lookOnce = async (): Promise<PublishResult[]> => {
    await eventRows(databases.write).updateMany(
      { next_attempt_at: { $exists: true } },
      { $set: { next_attempt_at: new Date(0) } },
    );
    const results: PublishResult[] = [];
    await runRelay({
      db: databases.write,
      publisher: platform.sqsPublisher,
      subscriptionsOf: () => [subscription],
      maxAttempts: 3,
      owner: randomUUID(),
      batchSize: 100,
      pollMs: 5,
      leaseMs: 1_000,
      timeLeftMs: () => (results.length > 0 ? 0 : 20_000),
      onBatch: (result) => void results.push(result),
    });
    return results;
  };
  const takenIds = async (): Promise<string[]> =>
    (await queues.take(queues.live)).map((body) => JSON.parse(body).event_id).sort();

  test('never marks an event as published that the queue refused one by one, and sends it again', async () => {
    const all = await record(23);
    const refused = new Set(all.filter((_, at) => [0, 7, 12, 22].includes(at)));
    proxy.refuse({
      entry: ({ MessageBody = '' }) =>
        refused.has(JSON.parse(MessageBody).event_id) ? 'InternalError' : undefined,
    });
    expect(await lookOnce()).toMatchObject([{ published: 19, refused: 4 }]);
    for (const { _id, pending, published_at } of await rows())
      expect([pending === true, published_at === undefined], _id).toEqual([
        refused.has(_id),
        refused.has(_id),
      ]);
    expect(await takenIds()).toEqual(all.filter((id) => !refused.has(id)).sort());
    proxy.refuse({});
    await lookOnce();
    expect(await takenIds()).toEqual([...refused].sort());
    expect((await rows()).every(({ pending, published_at }) => !pending && published_at !== undefined)).toBe(
      true,
    );
  });

  test('holds up and parks nothing of the calls beside one that fails', async () => {
    const all = await record(43);
    const lost = new Set<string>();
    proxy.refuse({
      call: ({ action, entries }) => {
        const ids = entries.map(({ MessageBody = '{}' }) => String(JSON.parse(MessageBody).event_id));
        if (action !== 'SendMessageBatch' || !ids.includes(String(all[21]))) return undefined;
        for (const id of ids) lost.add(id);
        return 'cut';
      },
    });
    expect(await lookOnce()).toMatchObject([{ published: 33, refused: 0, parked: 0 }]);
    expect(lost.size).toBe(10);
    for (const { _id, pending, published_at, attempts = 0 } of await rows())
      expect([pending === true, published_at === undefined, attempts], _id).toEqual([
        lost.has(_id),
        lost.has(_id),
        0,
      ]);
    proxy.refuse({});
    await lookOnce();
    expect(await takenIds()).toEqual([...all].sort());
  });

  test('loses nothing when whole calls fail, parks nothing for it, and says why nothing flows', async () => {
    const all = await record(12);
    proxy.refuse({
      call: ({ action }) =>
        action === 'SendMessageBatch' ? { status: 503, code: 'ServiceUnavailable' } : undefined,
    });
    for (const _ of [1, 2, 3, 4])
      expect(await lookOnce()).toMatchObject([{ published: 0, refused: 0, parked: 0 }]);
    expect((await rows()).every(({ pending, attempts = 0 }) => pending && attempts === 0)).toBe(true);
    proxy.refuse({});
    await lookOnce();
    expect(await takenIds()).toEqual([...all].sort());
  });
});

describe('the publisher', () => {
  test('names each entry that the queue refused, with what the queue said, and no other', async () => {
    proxy.refuse({
      entry: ({ MessageBody }) => (numberIn(MessageBody) % 4 === 3 ? 'InternalError' : undefined),
    });
    const { refused, unreachable } = await send(12);
    expect(refused).toEqual(new Map(ids(3, 7, 11).map((id) => [id, 'InternalError: refused'])));
    expect(unreachable).toBeUndefined();
    expect(await queues.visible(queues.live)).toBe(9);
  });

  test('refuses all of a batch whose content SQS turns down as a whole, and sends the other batches', async () => {
    proxy.refuse({
      call: ({ action, entries }) =>
        action === 'SendMessageBatch' && entries.some(({ MessageBody }) => numberIn(MessageBody) === 10)
          ? { status: 400, code: 'BatchRequestTooLong' }
          : undefined,
    });
    const { refused, unreachable } = await send(25);
    expect([...refused.keys()].sort()).toEqual(ids(...Array.from({ length: 10 }, (_, n) => n + 10)));
    expect(refused.get('e-10')).toContain('BatchRequestTooLong');
    expect(unreachable).toBeUndefined();
    expect(await queues.visible(queues.live)).toBe(15);
  });

  test.each<['cut' | { status: number; code: string }]>([
    ['cut'],
    [{ status: 500, code: 'InternalFailure' }],
    [{ status: 403, code: 'AccessDenied' }],
    [{ status: 400, code: 'RequestThrottled' }],
  ])('takes a call that ends with %j for an outage of its own messages alone', async (met) => {
    proxy.refuse({
      call: ({ action, entries }) =>
        action === 'SendMessageBatch' && entries.some(({ MessageBody }) => numberIn(MessageBody) === 10)
          ? met
          : undefined,
    });
    const { refused, unreachable } = await send(25);
    expect(refused.size).toBe(0);
    expect([...(unreachable?.ids ?? [])].sort()).toEqual(
      ids(...Array.from({ length: 10 }, (_, n) => n + 10)),
    );
    expect(unreachable?.reason).not.toBe('');
    expect(await queues.visible(queues.live)).toBe(15);
  });

  test('sends at most ten entries and a megabyte a call', async () => {
    expect((await send(31, 40_000)).refused.size).toBe(0);
    expect(await queues.visible(queues.live)).toBe(31);
    for (const { entries, bytes } of sendCalls()) {
      expect(entries.length).toBeLessThanOrEqual(10);
      expect(bytes).toBeLessThan(1_048_576);
    }
    expect(sendCalls()).toHaveLength(4);
    proxy.refuse({});
    await send(12, 250_000);
    expect(sendCalls().map(({ entries }) => entries.length)).toEqual([3, 3, 3, 3]);
  });

  test('finds the queue that was made anew where the old one was, and says that it is away meanwhile', async () => {
    await send(1);
    await queues.client.send(new DeleteQueueCommand({ QueueUrl: queues.live }));
    const away = await send(2);
    expect([away.refused.size, [...(away.unreachable?.ids ?? [])]]).toEqual([0, ids(0, 1)]);
    await queues.client.send(new CreateQueueCommand({ QueueName: `${prefix}-${subscription}` }));
    expect((await send(2)).unreachable).toBeUndefined();
  });

  test('asks for the address of a queue once, and again after a look-up that failed', async () => {
    const lookUps = () => proxy.calls.filter(({ action }) => action === 'GetQueueUrl').length;
    proxy.refuse({
      call: ({ action }) => (action === 'GetQueueUrl' ? { status: 403, code: 'AccessDenied' } : undefined),
    });
    expect([...((await send(2)).unreachable?.ids ?? [])]).toEqual(ids(0, 1));
    proxy.refuse({});
    for (const _ of [1, 2, 3]) expect((await send(1)).unreachable).toBeUndefined();
    expect(lookUps()).toBe(1);
  });
});

describe('a redrive on a queue that refuses', () => {
  const letters = (many: number, bytes?: number) =>
    messages(many, bytes).map(({ id, body }) => JSON.stringify({ ...JSON.parse(body), event_id: id }));
  const redrive = () => platform.redriveLetters({ subscription }, { timeLeftMs: () => 60_000 });

  test('leaves what was refused one by one among the dead letters, to be seen at once', async () => {
    await queues.send(queues.letters, letters(12));
    proxy.refuse({
      entry: ({ MessageBody }, { action }) =>
        action === 'SendMessageBatch' && numberIn(MessageBody) % 5 === 0 ? 'InternalError' : undefined,
    });
    const answer = await redrive();
    expect([answer.redriven, answer.left]).toEqual([9, 3]);
    expect(answer.event_ids.some((id) => ids(0, 5, 10).includes(id))).toBe(false);
    expect(await queues.visible(queues.letters)).toBe(3);
    expect((await queues.take(queues.live)).map(numberIn).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 6, 7, 8, 9, 11,
    ]);
    expect((await queues.take(queues.letters)).map(numberIn).sort((a, b) => a - b)).toEqual([0, 5, 10]);
  });

  test('receives, removes and hides letters of the dead-letter queue alone, and sends to the live queue alone', async () => {
    await queues.send(queues.live, letters(3));
    await queues.send(queues.letters, letters(3));
    await redrive();
    const discarded = { subscription, reason: 'to see what it touches' };
    await platform.discardLetters(discarded, { timeLeftMs: () => 60_000 });
    const queuesOf = (action: string) => [
      ...new Set(proxy.calls.filter((call) => call.action === action).map(({ queue }) => queue)),
    ];
    const live = `${prefix}-${subscription}`;
    expect(queuesOf('ReceiveMessage')).toEqual([`${live}-dlq`]);
    expect(queuesOf('DeleteMessageBatch')).toEqual([`${live}-dlq`]);
    expect(queuesOf('SendMessageBatch')).toEqual([live]);
    expect(await queues.visible(queues.live)).toBe(6);
  });

  test('removes nothing when the queue takes nothing, and fails with what the queue said', async () => {
    await queues.send(queues.letters, letters(12));
    proxy.refuse({
      call: ({ action }) =>
        action === 'SendMessageBatch' ? { status: 403, code: 'AccessDenied' } : undefined,
    });
    await expect(redrive()).rejects.toThrow();
    expect(proxy.calls.some(({ action }) => action === 'DeleteMessageBatch')).toBe(false);
    expect(await queues.visible(queues.letters)).toBe(12);
  });

  test('takes out what was put back before a call failed, so that nothing of it is there twice', async () => {
    await queues.send(queues.letters, letters(9, 300_000));
    let calls = 0;
    proxy.refuse({
      call: ({ action }) => {
        if (action === 'SendMessageBatch') calls += 1;
        return calls > 1 && action === 'SendMessageBatch' ? { status: 403, code: 'AccessDenied' } : undefined;
      },
    });
    expect(await redrive()).toMatchObject({ redriven: 3, left: 6 });
    expect(await queues.visible(queues.live)).toBe(3);
    expect(await queues.visible(queues.letters)).toBe(6);
  });
});
