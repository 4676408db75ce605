// A subscription's dead-letter queue, as an operator works with it.
import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, QueuedLetter } from '../../core/dead-letters/redrive.ts';
import { replayedAttribute } from '../consumer.ts';
import { eventIdIn } from '../letter-id.ts';
import { batchEntries, toBatches } from './batches.ts';
import { client, deadLetterName, queueUrl } from './client.ts';
import { countLetters } from './depth.ts';
import { giveBackReceived, removeReceived } from './received.ts';

const hideSeconds = 60;
const attributeBytes = 100;

const toLetter = (
  { MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes = {} }: Message,
  call: string,
): QueuedLetter => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  again: MessageAttributes[replayedAttribute]?.StringValue === call,
  ...eventIdIn(Body),
});

const handlesOf = (letters: QueuedLetter[]): string[] => letters.map(({ receiptHandle }) => receiptHandle);

const sendBatch = async (QueueUrl: string, batch: QueuedLetter[], call: string): Promise<QueuedLetter[]> => {
  // Tells a redriven message from a first delivery, whose record of failure is not to be closed, and by which call.
  const MessageAttributes = { [replayedAttribute]: { DataType: 'String', StringValue: call } };
  const Entries = batch.map(({ body }, index) => ({
    Id: String(index),
    MessageBody: body,
    MessageAttributes,
  }));
  const { Successful = [] } = await client().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  return Successful.flatMap(({ Id }) => batch[Number(Id)] ?? []);
};

/** For one call of an operator: it knows the letters again that it has put back. */
export const sqsDeadLetterQueue = (subscription: string): DeadLetterQueue => {
  const call = randomUUID();
  const deadLetters = () => queueUrl(deadLetterName(subscription));
  return {
    async receive() {
      const { Messages = [] } = await client().send(
        new ReceiveMessageCommand({
          QueueUrl: await deadLetters(),
          MaxNumberOfMessages: batchEntries,
          VisibilityTimeout: hideSeconds,
          // Asks every server of SQS: without it, one that has none may answer while another has some.
          WaitTimeSeconds: 1,
          MessageAttributeNames: [replayedAttribute],
        }),
      );
      return Messages.map((message) => toLetter(message, call));
    },
    async sendBack(letters) {
      const accepted: QueuedLetter[] = [];
      for (const batch of toBatches(letters, attributeBytes)) {
        try {
          accepted.push(...(await sendBatch(await queueUrl(subscription), batch, call)));
        } catch (error) {
          // Those that were sent must leave the dead letters; the others stay there.
          if (accepted.length === 0) throw error;
          break;
        }
      }
      return accepted;
    },
    remove: async (letters) => removeReceived(client(), await deadLetters(), handlesOf(letters)),
    release: async (letters) => giveBackReceived(client(), await deadLetters(), handlesOf(letters)),
    count: () => countLetters(subscription),
  };
};
