// What can be done with messages that were received and not yet deleted. Throws what the SDK throws.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { inTens } from './batches.ts';

interface Entry {
  Id: string;
  ReceiptHandle: string;
}

const forEachTen = async (handles: string[], send: (entries: Entry[]) => Promise<unknown>): Promise<void> => {
  for (const ten of inTens(handles))
    await send(ten.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })));
};

/** Deletes them. */
export const removeReceived = (client: SQSClient, QueueUrl: string, handles: string[]): Promise<void> =>
  forEachTen(handles, (Entries) => client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));

/** Makes them visible at once. */
export const giveBackReceived = (client: SQSClient, QueueUrl: string, handles: string[]): Promise<void> =>
  forEachTen(handles, (entries) => {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  });
