import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** SQS takes and gives at most ten messages a call. */
export const perCall = 10;

export interface SqsQueue {
  receive(limit: number, waitSeconds: number): Promise<Message[]>;
  remove(messages: Message[]): Promise<void>;
  /** Makes received messages visible at once. */
  giveBack(messages: Message[]): Promise<void>;
}

const inTens = (messages: Message[]): Message[][] =>
  Array.from({ length: Math.ceil(messages.length / perCall) }, (_, index) =>
    messages.slice(index * perCall, (index + 1) * perCall),
  );

const entriesOf = (messages: Message[]): { Id: string; ReceiptHandle: string | undefined }[] =>
  messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));

/** The three calls an event source needs. They throw what the SDK throws. */
export const createSqsQueue = (client: SQSClient, QueueUrl: string): SqsQueue => ({
  receive: async (MaxNumberOfMessages, WaitTimeSeconds) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages,
        WaitTimeSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  },
  remove: async (messages) => {
    await Promise.all(
      inTens(messages).map((ten) =>
        client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entriesOf(ten) })),
      ),
    );
  },
  giveBack: async (messages) => {
    await Promise.all(
      inTens(messages).map((ten) => {
        const Entries = entriesOf(ten).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
        return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }),
    );
  },
});
