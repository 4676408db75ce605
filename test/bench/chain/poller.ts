// What stands between a queue and a function: receives in tens, hands them on, deletes what succeeded. As many at once as
// Lambda begins with.
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const lanes = 5;

/** `handle` gives the ids of the messages that failed. */
export const startPoller = (
  client: SQSClient,
  QueueUrl: string,
  handle: (messages: Message[]) => Promise<string[]>,
): void => {
  const lane = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      if (Messages.length === 0) continue;
      const failed = new Set(await handle(Messages));
      const Entries = Messages.filter(({ MessageId = '' }) => !failed.has(MessageId)).map(
        ({ MessageId = '', ReceiptHandle = '' }) => ({ Id: MessageId, ReceiptHandle }),
      );
      if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  for (let started = 0; started < lanes; started += 1)
    lane().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
};
