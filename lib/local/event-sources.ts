import type { SQSClient } from '@aws-sdk/client-sqs';
import { fieldAt, numberAt, stringAt } from './files.ts';
import { type Log, SetupError } from './log.ts';
import { createOutages } from './outage.ts';
import type { Queue } from './queues.ts';
import { type SqsLoop, startSqsLoop } from './sqs-loop.ts';

export type EventSource = { functionKey: string; sqs: unknown };

export type EventSourceOptions = {
  client: SQSClient;
  queues: Map<string, Queue>;
  region: string;
  timeoutMs(functionKey: string): number;
  invoke(functionKey: string, event: unknown): Promise<unknown>;
  log: Log;
};

// Lambda polls a standard queue with five at first, and then scales out.
const IN_FLIGHT = 5;

const queueOf = (sqs: unknown, queues: Map<string, Queue>): Queue => {
  const arn = stringAt(sqs, 'arn') ?? (typeof sqs === 'string' ? sqs : '');
  const name = arn.split(':').at(-1);
  const queue = queues.values().find((one) => one.name === name);
  if (queue === undefined) {
    throw new SetupError(
      `serverless.yml: the queue ${arn || JSON.stringify(sqs)} is not among its resources.`,
    );
  }
  return queue;
};

/** Starts one loop for each `sqs` event in serverless.yml, with the settings AWS would read there. */
export const startEventSources = (sources: EventSource[], options: EventSourceOptions): SqsLoop[] => {
  const outages = createOutages(options.log);
  return sources
    .filter(({ sqs }) => fieldAt(sqs, 'enabled') !== false)
    .map(({ functionKey, sqs }) =>
      startSqsLoop({
        client: options.client,
        queue: queueOf(sqs, options.queues),
        region: options.region,
        batchSize: numberAt(sqs, 'batchSize') ?? 10,
        maxInFlight:
          numberAt(fieldAt(sqs, 'scalingConfig'), 'maximumConcurrency') ??
          numberAt(sqs, 'maximumConcurrency') ??
          IN_FLIGHT,
        reportsItemFailures: fieldAt(sqs, 'functionResponseType') === 'ReportBatchItemFailures',
        timeoutMs: options.timeoutMs(functionKey),
        handle: (event) => options.invoke(functionKey, event),
        outages,
        log: options.log,
      }),
    );
};
