// What reaches a function: a call of the gateway, a batch of its queue, its schedule.
import type { SQSRecord } from 'aws-lambda';
import { aws, type Stage } from './stage.ts';

export interface GatewayCall {
  body?: object;
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

export interface GatewayAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** `route` is a route's key. Each `{name}` in it is filled from `parameters`. */
export const gatewayEvent = (
  route: string,
  parameters: Record<string, string> = {},
  { body, headers = {}, query }: GatewayCall = {},
): object => {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => parameters[name] ?? 'x');
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    pathParameters: Object.fromEntries(
      [...pattern.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => [name, parameters[name] ?? 'x']),
    ),
    requestContext: { http: { method, path }, requestId: crypto.randomUUID(), stage: '$default' },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
};

export const schedule = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Record<string, string>;
}

const queueUrl = async (stage: Stage, queue: string): Promise<string> => {
  const QueueName = `${stage.prefix}${queue}`;
  const { QueueUrl } = await aws(stage, 'nobody', ['sqs', 'GetQueueUrl'], { QueueName });
  return String(QueueUrl);
};

/** Sends to a queue from outside. */
export const send = async (stage: Stage, queue: string, MessageBody: string): Promise<void> => {
  const QueueUrl = await queueUrl(stage, queue);
  await aws(stage, 'nobody', ['sqs', 'SendMessage'], { QueueUrl, MessageBody });
};

/** What Lambda's poller takes from a queue with the rights of the function that it polls for, and then deletes. */
export const take = async (stage: Stage, queue: string, key: string): Promise<SQSRecord[]> => {
  const QueueUrl = await queueUrl(stage, queue);
  const caller = stage.prefix + key;
  const as = (action: string, body: object) => aws(stage, caller, ['sqs', action], { QueueUrl, ...body });
  await as('GetQueueAttributes', { AttributeNames: ['All'] });
  const { Messages = [] } = (await as('ReceiveMessage', {
    MaxNumberOfMessages: 10,
    AttributeNames: ['All'],
  })) as { Messages?: Message[] };
  for (const { ReceiptHandle } of Messages) await as('DeleteMessage', { ReceiptHandle });
  return Messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: queue,
    awsRegion: 'eu-central-1',
    md5OfBody: '',
  })) as object as SQSRecord[];
};
