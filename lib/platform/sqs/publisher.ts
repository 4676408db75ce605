// The relay's port to the queues: as few calls as SQS allows, several at once.
import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { OutgoingMessage, Publisher, SendOutcome } from '../../core/relay/publish.ts';
import { toBatches } from './batches.ts';
import { client, queueUrl } from './client.ts';

const sendsAtOnce = 8;

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
      markUnreachable(outcome, messages, error);
    }
    return outcome;
  },
};
