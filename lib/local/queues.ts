// Makes every queue and dead-letter queue that serverless.yml's own Resources name.
// Guarantees: idempotent; an attribute that changed there (MAX_ATTEMPTS, a timeout) is updated; a
// queue exists before another names it as its dead-letter queue. Never removes a queue or a message.

import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { fieldAt, stringAt } from './files.ts';
import { SetupError } from './log.ts';

export interface Queue {
  logicalId: string;
  name: string;
  url: string;
  arn: string;
}

const plainNames = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const satisfies QueueAttributeName[];

interface Definition {
  logicalId: string;
  name: string;
  properties: unknown;
  deadLetters?: string;
}

/** `{ 'Fn::GetAtt': ['Name', 'Arn'] }`, also in its short form `'Name.Arn'`, gives `Name`. */
export const logicalIdOf = (reference: unknown): string | undefined => {
  const target = fieldAt(reference, 'Fn::GetAtt');
  const [logicalId] = Array.isArray(target) ? target : String(target ?? '').split('.');
  return typeof logicalId === 'string' && logicalId !== '' ? logicalId : undefined;
};

const definitionsIn = (resources: unknown): Definition[] =>
  Object.entries(typeof resources === 'object' && resources !== null ? resources : {})
    .filter(([, resource]) => fieldAt(resource, 'Type') === 'AWS::SQS::Queue')
    .map(([logicalId, resource]) => {
      const properties = fieldAt(resource, 'Properties');
      const name = stringAt(properties, 'QueueName');
      if (name === undefined)
        throw new SetupError(`serverless.yml: the queue ${logicalId} has no QueueName.`);
      const deadLetters = logicalIdOf(fieldAt(fieldAt(properties, 'RedrivePolicy'), 'deadLetterTargetArn'));
      return { logicalId, name, properties, ...(deadLetters === undefined ? {} : { deadLetters }) };
    });

const plainAttributes = (properties: unknown): Record<string, string> =>
  Object.fromEntries(
    plainNames.flatMap((name) => {
      const value = fieldAt(properties, name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );

const redrivePolicy = (definition: Definition, made: Map<string, Queue>): Record<string, string> => {
  if (definition.deadLetters === undefined) return {};
  const target = made.get(definition.deadLetters);
  if (target === undefined) {
    throw new SetupError(
      `serverless.yml: ${definition.logicalId} names the dead-letter queue ${definition.deadLetters}, which is not there or has one of its own.`,
    );
  }
  const policy = fieldAt(definition.properties, 'RedrivePolicy');
  const maxReceiveCount = Number(fieldAt(policy, 'maxReceiveCount'));
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: target.arn, maxReceiveCount }) };
};

const findUrl = async (client: SQSClient, name: string): Promise<string | undefined> => {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
};

// Servers add fields of their own to a policy and write numbers as strings.
const samePolicy = (one: string, other: string): boolean => {
  const [a, b] = [JSON.parse(one), JSON.parse(other)];
  return (
    a.deadLetterTargetArn === b.deadLetterTargetArn && Number(a.maxReceiveCount) === Number(b.maxReceiveCount)
  );
};

const same = (name: string, wanted: string, present: string | undefined): boolean => {
  if (present === undefined) return false;
  return name === 'RedrivePolicy' ? samePolicy(wanted, present) : wanted === present;
};

const ensureQueue = async (
  client: SQSClient,
  definition: Definition,
  made: Map<string, Queue>,
): Promise<Queue> => {
  const { logicalId, name } = definition;
  const wanted = { ...plainAttributes(definition.properties), ...redrivePolicy(definition, made) };
  const existing = await findUrl(client, name);
  const url =
    existing ??
    (await client.send(new CreateQueueCommand({ QueueName: name, Attributes: wanted }))).QueueUrl ??
    '';
  const { Attributes: present = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const changed = Object.entries(wanted).filter(([key, value]) => !same(key, value, stringAt(present, key)));
  if (existing !== undefined && changed.length > 0) {
    const Attributes = Object.fromEntries(changed);
    await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  }
  return { logicalId, name, url, arn: stringAt(present, 'QueueArn') ?? '' };
};

/** Makes or updates all queues in `Resources` and gives them by logical id. Throws what the SDK throws. */
export const ensureQueues = async (client: SQSClient, resources: unknown): Promise<Map<string, Queue>> => {
  const definitions = definitionsIn(resources);
  const made = new Map<string, Queue>();
  const makeAll = async (some: Definition[]): Promise<void> => {
    const queues = await Promise.all(some.map((definition) => ensureQueue(client, definition, made)));
    for (const queue of queues) made.set(queue.logicalId, queue);
  };
  await makeAll(definitions.filter(({ deadLetters }) => deadLetters === undefined));
  await makeAll(definitions.filter(({ deadLetters }) => deadLetters !== undefined));
  return made;
};
