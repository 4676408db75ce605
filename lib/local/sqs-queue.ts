import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { batchEntries } from '../platform/sqs/batches.ts';
import { giveBackReceived, removeReceived } from '../platform/sqs/received.ts';

/** A client of a local queue server, which takes long polls. One attempt a call: its callers go on by themselves. */
export const createSqsClient = (endpoint: string, region: string): SQSClient =>
  new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 30_000, httpAgent: { maxSockets: 200 } },
  });

export interface SqsQueue {
  receive(limit: number): Promise<Message[]>;
  remove(messages: Message[]): Promise<void>;
  /** Makes received messages visible at once. */
  giveBack(messages: Message[]): Promise<void>;
}

// Short, since a receive is never cut off: a queue server may hand a message to a receiver that has
// gone, and it would be away for the whole visibility timeout.
const waitSeconds = 1;

const handlesOf = (messages: Message[]): string[] => messages.map(({ ReceiptHandle = '' }) => ReceiptHandle);

/** The three calls an event source needs. They throw what the SDK throws. */
export const createSqsQueue = (client: SQSClient, QueueUrl: string): SqsQueue => {
  const receiveTen = async (MaxNumberOfMessages: number, WaitTimeSeconds: number): Promise<Message[]> => {
    const asking = { QueueUrl, MaxNumberOfMessages, WaitTimeSeconds };
    const all = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ ...asking, ...all }));
    return Messages;
  };
  return {
    receive: async (limit) => {
      const first = await receiveTen(Math.min(limit, batchEntries), waitSeconds);
      if (first.length < batchEntries) return first;
      const more = Array.from({ length: Math.ceil(limit / batchEntries) - 1 }, (_, index) =>
        receiveTen(Math.min(batchEntries, limit - (index + 1) * batchEntries), 0),
      );
      // What one receive brought must not be lost because another failed.
      const settled = await Promise.allSettled(more);
      return [...first, ...settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))];
    },
    remove: (messages) => removeReceived(client, QueueUrl, handlesOf(messages)),
    giveBack: (messages) => giveBackReceived(client, QueueUrl, handlesOf(messages)),
  };
};
