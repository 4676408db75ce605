// How much waits in a queue.
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { client, deadLetterName, queueUrl } from './client.ts';

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

/** The dead letters of a subscription, hidden ones too. */
export const countLetters = async (subscription: string): Promise<number> => {
  const { waiting, inFlight } = await attributesOf(deadLetterName(subscription));
  return waiting + inFlight;
};

export const queueDepth = async (subscription: string): Promise<QueueDepth> => {
  const [queue, dead] = await Promise.all([attributesOf(subscription), countLetters(subscription)]);
  return { waiting: queue.waiting, in_flight: queue.inFlight, dead_letters: dead };
};
