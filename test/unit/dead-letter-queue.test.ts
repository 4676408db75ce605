// What an operator's work asks of a dead-letter queue. Source: lib/platform/sqs/dead-letter-queue.ts, received.ts, depth.ts.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { QueuedLetter } from '../../lib/core/dead-letters/redrive.ts';

interface Asked {
  action: string;
  body: Record<string, unknown>;
}
interface Entry {
  Id: string;
  MessageBody: string;
}

const asked: Asked[] = [];
const given = { messages: [] as object[], depth: {} as Record<string, string>, refused: [] as string[] };
/** How many calls of this action succeed before one is turned down. */
let sends = Number.POSITIVE_INFINITY;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const answerTo = ({ action, body }: Asked): object => {
  if (action === 'GetQueueUrl') return { QueueUrl: `http://q/${body['QueueName']}` };
  if (action === 'ReceiveMessage') return { Messages: given.messages };
  if (action === 'GetQueueAttributes') return { Attributes: given.depth };
  const entries = (body['Entries'] ?? []) as Entry[];
  const Successful = entries
    .filter(({ MessageBody }) => !given.refused.includes(MessageBody))
    .map(({ Id, MessageBody = '' }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) }));
  return { Successful, Failed: [] };
};

const server = createServer(async (request, response) => {
  const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const one = { action, body: (await json(request)) as Asked['body'] };
  asked.push(one);
  if (action === 'SendMessageBatch' && sends <= 0) {
    response.writeHead(400).end(JSON.stringify({ __type: 'AccessDenied', message: 'no' }));
    return;
  }
  if (action === 'SendMessageBatch') sends -= 1;
  response
    .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify(answerTo(one)));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('SQS_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('QUEUE_PREFIX', 'test');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  sends = Number.POSITIVE_INFINITY;
  Object.assign(given, { messages: [], depth: {}, refused: [] });
});

const open = async () => {
  const { sqsDeadLetterQueue } = await import('../../lib/platform/sqs/dead-letter-queue.ts');
  return sqsDeadLetterQueue('any');
};
const letter = (body: string): QueuedLetter => ({
  ...{ messageId: `m-${body.slice(0, 5)}`, receiptHandle: `r-${body.slice(0, 5)}`, body, again: false },
});
const bodiesOf = (action: string) => asked.filter((one) => one.action === action).map(({ body }) => body);
const message = (body: string, call?: string) => ({
  ...{ MessageId: 'm', ReceiptHandle: 'r', Body: body, MD5OfBody: md5(body) },
  ...(call === undefined
    ? {}
    : { MessageAttributes: { replayed: { DataType: 'String', StringValue: call } } }),
});

test('letters are looked at ten at once, for a minute, and every server of the queue is asked', async () => {
  given.messages = [message('{"event_id":"e-1"}'), message('nonsense', 'another call')];
  expect(await (await open()).receive()).toEqual([
    { messageId: 'm', receiptHandle: 'r', body: '{"event_id":"e-1"}', again: false, eventId: 'e-1' },
    { messageId: 'm', receiptHandle: 'r', body: 'nonsense', again: false },
  ]);
  expect(bodiesOf('ReceiveMessage')).toEqual([
    {
      QueueUrl: 'http://q/test-any-dlq',
      ...{ MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 1 },
      MessageAttributeNames: ['replayed'],
    },
  ]);
});

test('a letter that this very call has put back is known again, and one of another call is not', async () => {
  const queue = await open();
  await queue.sendBack([letter('a')]);
  const [sent] = (bodiesOf('SendMessageBatch')[0]?.['Entries'] ?? []) as {
    MessageAttributes: { replayed: { StringValue: string } };
  }[];
  given.messages = [message('a', sent?.MessageAttributes.replayed.StringValue)];
  expect(await queue.receive()).toMatchObject([{ again: true }]);
  expect(await (await open()).receive()).toMatchObject([{ again: false }]);
});

test('what the queue takes back is what it has accepted, one by one', async () => {
  given.refused = ['b'];
  const accepted = await (await open()).sendBack([letter('a'), letter('b'), letter('c')]);
  expect(accepted.map(({ body }) => body)).toEqual(['a', 'c']);
  expect(bodiesOf('SendMessageBatch')).toMatchObject([{ QueueUrl: 'http://q/test-any' }]);
});

test('what was sent before a call failed has left, and the rest stays; if nothing was sent, that is said', async () => {
  const many = Array.from({ length: 30 }, (_, at) => letter(`letter ${at}`));
  sends = 1;
  const accepted = await (await open()).sendBack(many);
  expect(accepted).toEqual(many.slice(0, 10));
  expect(bodiesOf('SendMessageBatch')).toHaveLength(2);
  await expect((await open()).sendBack(many)).rejects.toThrow('no');
});

test('what travels beside a letter counts for the size of a batch', async () => {
  const large = Array.from({ length: 5 }, (_, at) => letter(`${at}`.repeat(200_000)));
  await (await open()).sendBack(large);
  expect(bodiesOf('SendMessageBatch').map((body) => (body['Entries'] as object[]).length)).toEqual([4, 1]);
});

test('letters are removed and given back by their receipts, ten at once; given back, they are there at once', async () => {
  const queue = await open();
  const many = Array.from({ length: 12 }, (_, at) => letter(`l-${at}`));
  await queue.remove(many);
  await queue.release(many.slice(0, 1));
  const removed = bodiesOf('DeleteMessageBatch');
  expect(removed.map(({ Entries }) => (Entries as object[]).length)).toEqual([10, 2]);
  expect(removed[0]).toMatchObject({
    QueueUrl: 'http://q/test-any-dlq',
    Entries: expect.arrayContaining([{ Id: '1', ReceiptHandle: 'r-l-1' }]),
  });
  expect(bodiesOf('ChangeMessageVisibilityBatch')).toEqual([
    {
      QueueUrl: 'http://q/test-any-dlq',
      Entries: [{ Id: '0', ReceiptHandle: 'r-l-0', VisibilityTimeout: 0 }],
    },
  ]);
});

test('letters that somebody looks at are letters too', async () => {
  given.depth = { ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesNotVisible: '4' };
  expect(await (await open()).count()).toBe(7);
  const { queueDepth } = await import('../../lib/platform/sqs/depth.ts');
  expect(await queueDepth('any')).toEqual({ waiting: 3, in_flight: 4, dead_letters: 7 });
  expect(bodiesOf('GetQueueAttributes').map(({ QueueUrl }) => QueueUrl)).toEqual([
    'http://q/test-any-dlq',
    'http://q/test-any',
    'http://q/test-any-dlq',
  ]);
});
