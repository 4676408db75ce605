// The bench's own client of the queue server, and its queues.
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

export const benchClient = (endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    cacheMiddleware: true,
  });

/** Gives the queue's URL. */
export const makeQueue = async (client: SQSClient, QueueName: string): Promise<string> => {
  const Attributes = { VisibilityTimeout: '90' };
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
};
