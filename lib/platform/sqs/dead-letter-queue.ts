// A subscription's dead-letter queue, as an operator works with it.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, QueuedLetter } from '../../core/dead-letters/redrive.ts';
import { replayedAttribute } from '../consumer.ts';
import { eventIdIn } from '../letter-id.ts';
import { batchEntries, client, deadLetterName, queueUrl } from './client.ts';

const hideSeconds = 60;

/** Tells a redriven message from a first delivery: its record of failure is to be closed. */
const replayed = { [replayedAttribute]: { DataType: 'String', StringValue: 'true' } };

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
