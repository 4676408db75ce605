import * as z from 'zod';
import { giveBackReceived } from '../platform/sqs/received.ts';
import { createSqsClient } from './sqs-queue.ts';

const queuesSchema = z.array(z.object({ name: z.string(), url: z.string() }));
const queueSchema = z.object({
  messages: z.object({ inflight: z.array(z.object({ receiptHandle: z.string() })) }),
});

// The pages by which fauxqs 2.4.1 shows what it has: SQS itself tells nobody.
const look = async (endpoint: string, path: string): Promise<unknown> => {
  const answer = await fetch(`${endpoint}/_fauxqs/queues${path}`);
  return answer.json();
};

/**
 * Makes every message in flight visible again, when whoever received them has died. A local choice: on AWS
 * their visibility timeout, minutes, brings them back. If a receiver lives on, a message comes twice.
 * Throws if the server does not answer.
 */
export const releaseInFlight = async (endpoint: string, region: string): Promise<void> => {
  const client = createSqsClient(endpoint, region);
  try {
    for (const { name, url } of queuesSchema.parse(await look(endpoint, ''))) {
      const { messages } = queueSchema.parse(await look(endpoint, `/${encodeURIComponent(name)}`));
      const handles = messages.inflight.map(({ receiptHandle }) => receiptHandle);
      await giveBackReceived(client, url, handles);
    }
  } finally {
    client.destroy();
  }
};
