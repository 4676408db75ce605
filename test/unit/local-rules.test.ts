// What the local parts decide, without a server: lib/local/event-source.ts, retries.ts, outage.ts, queue-batches.ts,
// supervise.ts, service-settings.ts, settings.ts, summary.ts.
import { expect, test, vi } from 'vitest';
import { failedMessageIds, toRecord } from '../../lib/local/event-source.ts';
import { createOutage } from '../../lib/local/outage.ts';
import { longerPauseMs } from '../../lib/local/queue-batches.ts';
import { createRetries, usualDelay } from '../../lib/local/retries.ts';
import type { Serverless } from '../../lib/local/serverless.ts';
import { useLocalSettings } from '../../lib/local/service-settings.ts';
import { readSettings } from '../../lib/local/settings.ts';
import { summary } from '../../lib/local/summary.ts';
import { pauseBefore } from '../../lib/local/supervise.ts';

const ids = new Set(['a', 'b']);
test.each<[string, unknown, string[]]>([
  ['nothing', undefined, []],
  ['null', null, []],
  ['no list', {}, []],
  ['a list that is null', { batchItemFailures: null }, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['one of them', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
  ['an id that is not of the batch', { batchItemFailures: [{ itemIdentifier: 'c' }] }, ['a', 'b']],
  ['no id', { batchItemFailures: [{ itemIdentifier: 'a' }, {}] }, ['a', 'b']],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
  ['what is no list', { batchItemFailures: 'b' }, ['a', 'b']],
  ['a text', 'done', ['a', 'b']],
  ['a list by itself', [], ['a', 'b']],
])(
  'a function that answers %s has failed for these messages, as Lambda reads it',
  (_what, answer, failed) => {
    expect([...failedMessageIds(answer, ids)]).toEqual(failed);
  },
);

test('a message is handed over as Lambda does it, with what it is known by', () => {
  const record = toRecord(
    {
      MessageId: 'm',
      ReceiptHandle: 'r',
      Body: 'text',
      MD5OfBody: 'md5',
      Attributes: { ApproximateReceiveCount: '3', SentTimestamp: '7' },
      MessageAttributes: {
        replayed: { DataType: 'String', StringValue: 'x' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from('b') },
      },
    },
    'arn:q',
    'eu-central-1',
  );
  expect(record).toMatchObject({
    ...{ messageId: 'm', receiptHandle: 'r', body: 'text', md5OfBody: 'md5' },
    attributes: { ApproximateReceiveCount: '3', SentTimestamp: '7', ApproximateFirstReceiveTimestamp: '7' },
    messageAttributes: {
      replayed: { dataType: 'String', stringValue: 'x' },
      bytes: { dataType: 'Binary', binaryValue: 'Yg==' },
    },
    ...{ eventSource: 'aws:sqs', eventSourceARN: 'arn:q', awsRegion: 'eu-central-1' },
  });
});

test('a failed message comes again ever later, its last time at once, and in an outage minutes later', () => {
  const delay = usualDelay(5);
  expect([1, 2, 3, 4, 5, 6].map((count) => delay(count, false))).toEqual([200, 400, 800, 1_600, 0, 0]);
  expect(usualDelay(100)(50, false)).toBe(5_000);
  expect([1, 2, 3, 4, 5].map((count) => delay(count, true))).toEqual([
    4_000, 16_000, 64_000, 120_000, 120_000,
  ]);
});

test('what waits to come again is given back when its time has come, or all at once, each once', async () => {
  vi.useFakeTimers();
  const given: string[][] = [];
  const queue = {
    receive: async () => [],
    remove: async () => undefined,
    giveBack: async (messages: { MessageId?: string }[]) => {
      given.push(messages.map(({ MessageId = '' }) => MessageId));
    },
  };
  const message = (MessageId: string, count: number) => ({
    MessageId,
    Attributes: { ApproximateReceiveCount: `${count}` },
  });
  const retries = createRetries(queue, (count) => count * 100);
  retries.later([message('a', 1), message('b', 2), message('c', 1)], false);
  await vi.advanceTimersByTimeAsync(99);
  expect(given).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(given).toEqual([['a', 'c']]);
  await retries.now();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(given).toEqual([['a', 'c'], ['b']]);
  vi.useRealTimers();
});

test('a trouble of many is said when it begins for the first, and when it has ended for the last', () => {
  const lines: string[] = [];
  const outage = createOutage((line) => lines.push(line), 'cannot be read');
  outage.ends('a');
  outage.begins('a', 'gone');
  outage.begins('b', 'gone');
  outage.begins('a', 'gone');
  outage.ends('a');
  outage.ends('a');
  expect(lines).toEqual(['a: cannot be read, trying again: gone']);
  outage.ends('b');
  outage.begins('b', 'again');
  expect(lines.slice(1)).toEqual(['b: works again, as all do', 'b: cannot be read, trying again: again']);
});

test('who tries in vain waits ever longer, up to a most', () => {
  const pauses = Array.from({ length: 7 }, () => 0);
  for (const at of pauses.keys()) pauses[at] = longerPauseMs(pauses[at - 1] ?? 0);
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  expect([1, 2, 3, 6, 7, 50].map(pauseBefore)).toEqual([0, 1_000, 2_000, 16_000, 30_000, 30_000]);
});

test('functions of this machine have its addresses and ports, a queue server where one usually is', () => {
  const service = { service: 'tandem', provider: { environment: { STAGE: 'dev' } }, custom: {} };
  const changed = service as object as Serverless['service'];
  useLocalSettings(changed, { HTTP_PORT: '4000', WRITE_DB_URL: 'mongodb://w/x' });
  expect(changed.provider.environment).toMatchObject({
    ...{ STAGE: 'dev', HTTP_PORT: '4000', LAMBDA_PORT: '3002', WRITE_DB_URL: 'mongodb://w/x' },
    ...{ SQS_ENDPOINT: 'http://127.0.0.1:9324', OPS_TOKEN: '' },
  });
  expect(changed.custom?.['serverless-offline']).toEqual({ httpPort: 4_000, lambdaPort: 3_002 });
  useLocalSettings(changed, { SQS_ENDPOINT: 'http://127.0.0.1:1' });
  expect(changed.provider.environment?.['SQS_ENDPOINT']).toBe('http://127.0.0.1:1');
});

test('what is not set is brought along, and a setting that cannot be is refused in one sentence', () => {
  expect(readSettings({})).toMatchObject({
    ...{ httpPort: 3_000, lambdaPort: 3_002, queuePrefix: 'tandem' },
    ...{ writeDbUrl: undefined, readDbUrl: undefined, sqsEndpoint: undefined },
    dataDir: expect.stringMatching(/\/\.local$/),
  });
  const own = { HTTP_PORT: '1', LAMBDA_PORT: '65535', QUEUE_PREFIX: 'own', TANDEM_DATA_DIR: '/tmp/own' };
  const parts = { WRITE_DB_URL: 'mongodb://w', READ_DB_URL: 'mongodb://r', SQS_ENDPOINT: 'http://q' };
  expect(readSettings({ ...own, ...parts })).toEqual({
    ...{ httpPort: 1, lambdaPort: 65_535, queuePrefix: 'own', dataDir: '/tmp/own' },
    ...{ writeDbUrl: 'mongodb://w', readDbUrl: 'mongodb://r', sqsEndpoint: 'http://q' },
  });
  for (const port of ['0', '65536', 'x', '1.5'])
    expect(() => readSettings({ LAMBDA_PORT: port })).toThrow(`LAMBDA_PORT is not a port (${port})`);
  expect(() => readSettings({ MAX_ATTEMPTS: '0' })).toThrow(/^The environment is not valid: MAX_ATTEMPTS/);
});

test('what is shown of a running system has no password', () => {
  const system = {
    ...{ http_url: 'http://h', lambda_url: 'http://l', sqs_endpoint: 'http://s', queue_prefix: 'q' },
    ...{ write_db_url: 'mongodb://me:secret@db/w', read_db_url: 'mongodb+srv://you:hidden@db/r' },
  };
  const text = summary(system, '/data', 1_234);
  expect(text).toContain('Ready in 1.2 s.');
  expect(text).toContain('mongodb://me:***@db/w');
  expect(text).not.toMatch(/secret|hidden/);
});
