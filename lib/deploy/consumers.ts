// `consumes: <subscriber>` in serverless.yml as one value, from which the CloudFormation of a deploy and the local queues
// are both made.
import { AppError } from '../core/errors.ts';
import { machineSettings, settingsFrom } from '../platform/settings.ts';
import type { Consumption, FunctionDefinition, Service } from './service.ts';

/** SQS gives up to ten messages a call; above that AWS wants a window as well, which every event then waits for. */
const mostWithoutWindow = 10;
const consumersAtOnce = 10;
const usualTimeoutSeconds = 30;
const daySeconds = 86_400;

export interface QueueSettings {
  prefix: string;
  maxAttempts: number;
  batchSize: number;
}

export interface QueueDefinition {
  name: string;
  /** By the names that SQS and CloudFormation have for them. */
  attributes: Record<string, number>;
}

/** A function, the queue that it consumes, and how. */
export interface QueueConsumer {
  functionKey: string;
  /** Without prefix. */
  queue: string;
  source: QueueDefinition;
  deadLetters: QueueDefinition;
  maxAttempts: number;
  timeoutSeconds: number;
  /** Messages a call. */
  batchSize: number;
  windowSeconds: number;
  /** Calls at once. */
  concurrency: number;
}

export const queueSettings = (environment: NodeJS.ProcessEnv): QueueSettings => {
  const { QUEUE_PREFIX, MAX_ATTEMPTS, PROJECTOR_BATCH_SIZE } = settingsFrom(environment)(machineSettings);
  return { prefix: QUEUE_PREFIX, maxAttempts: MAX_ATTEMPTS, batchSize: PROJECTOR_BATCH_SIZE };
};

const consumptionOf = (consumes: string | Consumption): Consumption =>
  typeof consumes === 'string' ? { queue: consumes } : consumes;

/** The name of the queue that a function consumes, without prefix; undefined if it consumes none. */
export const consumedQueue = ({ consumes }: FunctionDefinition): string | undefined =>
  consumes === undefined ? undefined : consumptionOf(consumes).queue;

const consumerOf = (
  functionKey: string,
  consumes: string | Consumption,
  timeoutSeconds: number,
  { prefix, maxAttempts, batchSize: usualBatchSize }: QueueSettings,
): QueueConsumer => {
  const {
    queue,
    batchSize = usualBatchSize,
    windowSeconds = 0,
    concurrency = consumersAtOnce,
  } = consumptionOf(consumes);
  if (batchSize > mostWithoutWindow && windowSeconds === 0)
    throw new AppError(
      'invalid_input',
      `${queue}: above ${mostWithoutWindow} messages a call AWS wants windowSeconds as well`,
    );
  return {
    functionKey,
    queue,
    source: {
      name: `${prefix}-${queue}`,
      attributes: {
        // A message must stay hidden until its function has surely ended: AWS asks for six times as long.
        VisibilityTimeout: 6 * timeoutSeconds + windowSeconds,
        MessageRetentionPeriod: 4 * daySeconds,
      },
    },
    deadLetters: { name: `${prefix}-${queue}-dlq`, attributes: { MessageRetentionPeriod: 14 * daySeconds } },
    maxAttempts,
    timeoutSeconds,
    batchSize,
    windowSeconds,
    concurrency,
  };
};

/**
 * The consumers that serverless.yml names.
 * @throws AppError `invalid_input` if a queue has no consumer, two of them, or no domain that knows it.
 */
export const consumersOf = (
  functions: Service['functions'],
  names: readonly string[],
  settings: QueueSettings,
): QueueConsumer[] => {
  const consumers = Object.entries(functions).flatMap(([key, { consumes, timeout = usualTimeoutSeconds }]) =>
    consumes === undefined ? [] : [consumerOf(key, consumes, timeout, settings)],
  );
  const refuse = (reason: string): never => {
    throw new AppError('invalid_input', `serverless.yml: ${reason}`);
  };
  const consumed = new Set<string>();
  for (const { functionKey, queue } of consumers) {
    if (!names.includes(queue)) refuse(`${functionKey} consumes ${queue}, which no domain.ts names`);
    if (consumed.has(queue)) refuse(`a second function, ${functionKey}, consumes ${queue}`);
    consumed.add(queue);
  }
  const forgotten = names.find((name) => !consumed.has(name));
  if (forgotten !== undefined) refuse(`no function has «consumes: ${forgotten}»`);
  return consumers;
};
