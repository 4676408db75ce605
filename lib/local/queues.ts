// Makes the queue of a consumer, and its dead letters.
// Guarantees: idempotent; an attribute that changed (MAX_ATTEMPTS, a timeout) is updated. Never removes a queue or a message.

import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueConsumer } from '../deploy/consumers.ts';

export interface Queue {
  url: string;
  arn: string;
}

const findUrl = async (client: SQSClient, QueueName: string): Promise<string | undefined> => {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    return QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
};

const ensureQueue = async (
  client: SQSClient,
  QueueName: string,
  attributes: Record<string, number | string>,
): Promise<Queue> => {
  const Attributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, String(value)]),
  );
  const existing = await findUrl(client, QueueName);
  if (existing !== undefined)
    await client.send(new SetQueueAttributesCommand({ QueueUrl: existing, Attributes }));
  const url =
    existing ?? (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const { Attributes: present = {} } = await client.send(asked);
  return { url, arn: present['QueueArn'] ?? '' };
};

/** Gives the queue that messages are received from. Throws what the SDK throws. */
export const ensureQueues = async (
  client: SQSClient,
  { source, deadLetters, maxAttempts }: Pick<QueueConsumer, 'source' | 'deadLetters' | 'maxAttempts'>,
): Promise<Queue> => {
  const { arn } = await ensureQueue(client, deadLetters.name, deadLetters.attributes);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: maxAttempts });
  return ensureQueue(client, source.name, { ...source.attributes, RedrivePolicy });
};
