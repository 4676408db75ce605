// `consumes: <subscriber>` in serverless.yml, as what AWS wants for it: the queue, its dead letters, and the event
// source of the function. Packaged and locally alike.
import { AppError } from '../core/errors.ts';
import {
  type Consumption,
  type FunctionDefinition,
  logicalId,
  type Resource,
  type Service,
} from './service.ts';

/** SQS gives up to ten messages a call; above that AWS wants a window as well, which every event then waits for. */
const mostWithoutWindow = 10;
const consumersAtOnce = 10;
const timeoutSeconds = 30;
const daySeconds = 86_400;

export interface QueueSettings {
  prefix: string;
  maxAttempts: number;
  batchSize: number;
}

const consumptionOf = (consumes: string | Consumption): Consumption =>
  typeof consumes === 'string' ? { queue: consumes } : consumes;

/** The name of the queue that a function consumes, without prefix; undefined if it consumes none. */
export const consumedQueue = ({ consumes }: FunctionDefinition): string | undefined =>
  consumes === undefined ? undefined : consumptionOf(consumes).queue;

/** A queue whose name changes is another queue: the old one stays, with what is in it. `sls remove` takes it all. */
const keptWhenReplaced = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' } as const;

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const queuePair = (
  queue: string,
  { prefix, maxAttempts }: QueueSettings,
  visibilitySeconds: number,
): Record<string, Resource> => {
  const id = logicalId(queue);
  return {
    [`${id}Queue`]: {
      Type: 'AWS::SQS::Queue',
      ...keptWhenReplaced,
      Properties: {
        QueueName: `${prefix}-${queue}`,
        VisibilityTimeout: visibilitySeconds,
        MessageRetentionPeriod: 4 * daySeconds,
        RedrivePolicy: { deadLetterTargetArn: arnOf(`${id}DeadLetters`), maxReceiveCount: maxAttempts },
      },
    },
    [`${id}DeadLetters`]: {
      Type: 'AWS::SQS::Queue',
      ...keptWhenReplaced,
      Properties: { QueueName: `${prefix}-${queue}-dlq`, MessageRetentionPeriod: 14 * daySeconds },
    },
  };
};

const addConsumption = (
  resources: Record<string, Resource>,
  definition: FunctionDefinition,
  { queue, batchSize, windowSeconds = 0, concurrency = consumersAtOnce }: Consumption,
  settings: QueueSettings,
): void => {
  const messages = batchSize ?? settings.batchSize;
  if (messages > mostWithoutWindow && windowSeconds === 0)
    throw new Error(`${queue}: above ${mostWithoutWindow} messages a call AWS wants windowSeconds as well`);
  definition.timeout ??= timeoutSeconds;
  // A message must stay hidden until its function has surely ended: AWS asks for six times as long.
  Object.assign(resources, queuePair(queue, settings, 6 * definition.timeout + windowSeconds));
  definition.events = [
    ...(definition.events ?? []),
    {
      sqs: {
        arn: arnOf(`${logicalId(queue)}Queue`),
        batchSize: messages,
        maximumConcurrency: concurrency,
        functionResponseType: 'ReportBatchItemFailures',
        ...(windowSeconds === 0 ? {} : { maximumBatchingWindow: windowSeconds }),
      },
    },
  ];
};

/**
 * Changes the service in place, as the framework wants it.
 * @throws AppError `invalid_input` if a queue has no consumer, two of them, or no domain that knows it.
 */
export const addQueues = (
  { functions, resources }: Service,
  names: readonly string[],
  settings: QueueSettings,
): void => {
  const consumed = new Set<string>();
  for (const [key, definition] of Object.entries(functions)) {
    if (definition.consumes === undefined) continue;
    const consumption = consumptionOf(definition.consumes);
    const { queue } = consumption;
    if (!names.includes(queue))
      throw new AppError(
        'invalid_input',
        `serverless.yml: ${key} consumes ${queue}, which no domain.ts names`,
      );
    if (consumed.has(queue))
      throw new AppError('invalid_input', `serverless.yml: a second function, ${key}, consumes ${queue}`);
    consumed.add(queue);
    addConsumption(resources.Resources, definition, consumption, settings);
  }
  const forgotten = names.find((name) => !consumed.has(name));
  if (forgotten !== undefined)
    throw new AppError('invalid_input', `serverless.yml: no function has «consumes: ${forgotten}»`);
};
