// A subscription's queue and its dead letters on the run's queue server, and the platform's modules that work with them.
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { inject, vi } from 'vitest';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export const openQueuePair = async (prefix: string, name: string) => {
  const client = new SQSClient({ endpoint: inject('sqsEndpoint'), region: 'eu-central-1', credentials });
  const create = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };
  const letters = await create(`${prefix}-${name}-dlq`);
  const asked = new GetQueueAttributesCommand({ QueueUrl: letters, AttributeNames: ['QueueArn'] });
  const arn = (await client.send(asked)).Attributes?.['QueueArn'] ?? '';
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
  const live = await create(`${prefix}-${name}`, { RedrivePolicy });
  const receive = async (url: string, VisibilityTimeout: number): Promise<string[]> => {
    const asking = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(asking));
    return Messages.map(({ Body = '' }) => Body);
  };
  const visible = async (url: string): Promise<number> => {
    const AttributeNames = ['ApproximateNumberOfMessages'] as const;
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
    );
    return Number(Attributes['ApproximateNumberOfMessages']);
  };
  return {
    client,
    live,
    letters,
    visible,
    async send(url: string, bodies: string[]): Promise<void> {
      for (const MessageBody of bodies)
        await client.send(
          new SendMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: '0', MessageBody }] }),
        );
    },
    /** A consumer that fails whatever it gets: the second look at a message makes it a dead letter. */
    failAll: () => receive(live, 0),
    /** Takes what is visible for good. */
    async take(url: string): Promise<string[]> {
      const bodies: string[] = [];
      for (let some = await receive(url, 600); some.length > 0; some = await receive(url, 600))
        bodies.push(...some);
      return bodies;
    },
  };
};

/** What a container loads that was started with this queue server and these databases. */
export const loadPlatform = async (
  prefix: string,
  urls: { writeUrl: string; readUrl: string },
  endpoint = inject('sqsEndpoint'),
) => {
  vi.stubEnv('SQS_ENDPOINT', endpoint);
  vi.stubEnv('QUEUE_PREFIX', prefix);
  vi.stubEnv('WRITE_DB_URL', urls.writeUrl);
  vi.stubEnv('READ_DB_URL', urls.readUrl);
  vi.stubEnv('RECONCILE_GRACE_MS', '0');
  vi.resetModules();
  const { closeDatabases } = await import('../../lib/platform/mongo.ts');
  const { redriveLetters, discardLetters } = await import('../../lib/platform/dead-letters.ts');
  const { sqsPublisher } = await import('../../lib/platform/sqs/publisher.ts');
  return { redriveLetters, discardLetters, sqsPublisher, closeDatabases };
};
