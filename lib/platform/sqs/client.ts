// The queue server, and its queues by name. Commands never import anything in this folder.
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { config } from '../config.ts';

let shared: SQSClient | undefined;

export const client = (): SQSClient => {
  shared ??= new SQSClient({
    maxAttempts: 2,
    // Nothing is added to it later, and to put it together anew takes a tenth of a call's processor time.
    cacheMiddleware: true,
    // A server that says nothing is as good as away: the caller's answer must not wait for it.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    ...(config.SQS_ENDPOINT === ''
      ? {}
      : {
          endpoint: config.SQS_ENDPOINT,
          region: process.env['AWS_REGION'] ?? 'eu-central-1',
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        }),
  });
  return shared;
};

const urls = new Map<string, Promise<string>>();

/** The URL of a queue by its name without prefix. A failed look-up is not kept. */
export const queueUrl = (name: string): Promise<string> => {
  const known = urls.get(name);
  if (known !== undefined) return known;
  const url = client()
    .send(new GetQueueUrlCommand({ QueueName: `${config.QUEUE_PREFIX}-${name}` }))
    .then(({ QueueUrl }) => QueueUrl ?? '');
  urls.set(name, url);
  url.catch(() => urls.delete(name));
  return url;
};

export const deadLetterName = (subscription: string): string => `${subscription}-dlq`;
