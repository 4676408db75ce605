import * as z from 'zod';
import { createSqsClient } from './sqs-client.ts';
import { createSqsQueue } from './sqs-queue.ts';

const queuesSchema = z.array(z.object({ name: z.string(), url: z.string() }));
const queueSchema = z.object({
  messages: z.object({ inflight: z.array(z.object({ receiptHandle: z.string() })) }),
});

const look = async (endpoint: string, path: string): Promise<unknown> => {
  const answer = await fetch(`${endpoint}/_fauxqs/queues${path}`);
  return answer.json();
};

/**
 * Makes every message in flight visible again, when whoever received them has died. A local choice: on AWS
 * their visibility timeout, minutes, brings them back. Knows fauxqs only. Throws if it does not answer.
 */
export const releaseAllInFlight = async (endpoint: string, region: string): Promise<void> => {
  const client = createSqsClient(endpoint, region);
  try {
    for (const { name, url } of queuesSchema.parse(await look(endpoint, ''))) {
      const { messages } = queueSchema.parse(await look(endpoint, `/${encodeURIComponent(name)}`));
      const held = messages.inflight.map(({ receiptHandle }) => ({ ReceiptHandle: receiptHandle }));
      await createSqsQueue(client, url).giveBack(held);
    }
  } finally {
    client.destroy();
  }
};
