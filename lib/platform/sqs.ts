// The queue server, behind the core's ports. Only the relay, the queue functions' redrive and the operations use it:
// commands never import it.
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { OutgoingMessage, Publisher, SendOutcome } from '../core/publish.ts';
import type { DeadLetterQueue, QueuedLetter } from '../core/redrive.ts';
import { config } from './config.ts';
import { replayedAttribute } from './consumer.ts';

const batchEntries = 10;
const batchBytes = 1_000_000;
const sendsAtOnce = 8;
const hideSeconds = 60;

let shared: SQSClient | undefined;

const client = (): SQSClient => {
  shared ??= new SQSClient({
    maxAttempts: 2,
    ...(config.SQS_ENDPOINT === ''
      ? {}
      : {
          endpoint: config.SQS_ENDPOINT,
          region: process.env['AWS_REGION'] ?? 'eu-central-1',
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        }),
  });
  return shared;
};

const urls = new Map<string, Promise<string>>();

/** The URL of a queue by its name without prefix. A failed look-up is not kept. */
const queueUrl = (name: string): Promise<string> => {
  const known = urls.get(name);
  if (known !== undefined) return known;
  const url = client()
    .send(new GetQueueUrlCommand({ QueueName: `${config.QUEUE_PREFIX}-${name}` }))
    .then(({ QueueUrl }) => QueueUrl ?? '');
  urls.set(name, url);
  url.catch(() => urls.delete(name));
  return url;
};

const deadLetterName = (subscription: string): string => `${subscription}-dlq`;

/** As few batches as entries and bytes allow. */
const toBatches = (messages: OutgoingMessage[]): OutgoingMessage[][] => {
  const batches: OutgoingMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === batchEntries || bytes + size > batchBytes) {
      batches.push([message]);
      bytes = size;
    } else {
      batch.push(message);
      bytes += size;
    }
  }
  return batches;
};

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

// A call that SQS itself turns down for its content; anything else means that the queue cannot be reached now.
const contentErrors = /InvalidMessageContents|BatchRequestTooLong|InvalidParameterValue|MessageTooLong/;

const sendBatch = async (url: string, batch: OutgoingMessage[], outcome: SendOutcome): Promise<void> => {
  const Entries = batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
  const refuse = (entry: BatchResultErrorEntry): void => {
    const id = batch[Number(entry.Id)]?.id;
    if (id !== undefined) outcome.refused.set(id, `${entry.Code ?? 'refused'}: ${entry.Message ?? ''}`);
  };
  try {
    const { Failed = [] } = await client().send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    for (const entry of Failed) refuse(entry);
  } catch (error) {
    if (error instanceof SQSServiceException && contentErrors.test(error.name)) {
      for (const { id } of batch) outcome.refused.set(id, reasonOf(error));
      return;
    }
    markUnreachable(outcome, batch, error);
  }
};

const markUnreachable = (outcome: SendOutcome, messages: OutgoingMessage[], error: unknown): void => {
  outcome.unreachable ??= { ids: new Set(), reason: reasonOf(error) };
  for (const { id } of messages) outcome.unreachable.ids.add(id);
};

export const sqsPublisher: Publisher = {
  async send(subscription, messages) {
    const outcome: SendOutcome = { refused: new Map() };
    try {
      const url = await queueUrl(subscription);
      const batches = toBatches(messages);
      const lane = async (): Promise<void> => {
        for (let batch = batches.shift(); batch !== undefined; batch = batches.shift())
          await sendBatch(url, batch, outcome);
      };
      await Promise.all(Array.from({ length: Math.min(sendsAtOnce, batches.length) }, lane));
    } catch (error) {
      urls.delete(subscription);
      markUnreachable(outcome, messages, error);
    }
    return outcome;
  },
};

/** Tells a redriven message from a first delivery: its record of failure is to be closed. */
const replayed = { [replayedAttribute]: { DataType: 'String', StringValue: 'true' } };

const stringIn = (message: object, field: string): string | undefined => {
  const value: unknown = Object.getOwnPropertyDescriptor(message, field)?.value;
  return typeof value === 'string' ? value : undefined;
};

/** The id of the event or of the queued command in a message. */
const eventIdIn = (body: string): { eventId?: string } => {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== 'object' || message === null) return {};
    const eventId = stringIn(message, 'event_id') ?? stringIn(message, 'command_id');
    return eventId === undefined ? {} : { eventId };
  } catch {
    return {};
  }
};

export const sqsDeadLetterQueue = (subscription: string): DeadLetterQueue => {
  const deadLetters = () => queueUrl(deadLetterName(subscription));
  const entries = (letters: QueuedLetter[]) =>
    letters.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
  return {
    async receive() {
      const { Messages = [] } = await client().send(
        new ReceiveMessageCommand({
          QueueUrl: await deadLetters(),
          MaxNumberOfMessages: batchEntries,
          VisibilityTimeout: hideSeconds,
        }),
      );
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        ...eventIdIn(Body),
      }));
    },
    async sendBack(letters) {
      if (letters.length === 0) return [];
      const Entries = letters.map(({ body }, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageAttributes: replayed,
      }));
      const { Successful = [] } = await client().send(
        new SendMessageBatchCommand({ QueueUrl: await queueUrl(subscription), Entries }),
      );
      return Successful.flatMap(({ Id }) => letters[Number(Id)] ?? []);
    },
    async remove(letters) {
      if (letters.length === 0) return;
      await client().send(
        new DeleteMessageBatchCommand({ QueueUrl: await deadLetters(), Entries: entries(letters) }),
      );
    },
    async release(letters) {
      for (let at = 0; at < letters.length; at += batchEntries) {
        const Entries = entries(letters.slice(at, at + batchEntries)).map((entry) => ({
          ...entry,
          VisibilityTimeout: 0,
        }));
        await client().send(
          new ChangeMessageVisibilityBatchCommand({ QueueUrl: await deadLetters(), Entries }),
        );
      }
    },
  };
};

export interface QueueDepth {
  waiting: number;
  in_flight: number;
  dead_letters: number;
}

const attributesOf = async (name: string): Promise<{ waiting: number; inFlight: number }> => {
  const { Attributes = {} } = await client().send(
    new GetQueueAttributesCommand({
      QueueUrl: await queueUrl(name),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
};

export const queueDepth = async (subscription: string): Promise<QueueDepth> => {
  const [queue, dead] = await Promise.all([
    attributesOf(subscription),
    attributesOf(deadLetterName(subscription)),
  ]);
  return { waiting: queue.waiting, in_flight: queue.inFlight, dead_letters: dead.waiting + dead.inFlight };
};
