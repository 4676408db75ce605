import { SQSClient } from '@aws-sdk/client-sqs';

/** A client of a local queue server. One attempt a call: its callers go on by themselves. */
export const createSqsClient = (endpoint: string, region: string): SQSClient =>
  new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 30_000, httpAgent: { maxSockets: 200 } },
  });
