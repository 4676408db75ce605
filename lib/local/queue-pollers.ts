import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { fieldAt, numberAt, stringAt } from './files.ts';
import { type Log, SetupError } from './log.ts';
import { createOutages } from './outage.ts';
import { type QueuePoller, startQueuePoller } from './queue-poller.ts';
import type { Queue } from './queues.ts';

/** An `sqs` event of a function in serverless.yml. */
export interface QueueEvent {
  functionKey: string;
  sqs: unknown;
}

export interface QueuePollersOptions {
  client: SQSClient;
  queues: Map<string, Queue>;
  /** Makes all queues, those that are missing too. */
  makeQueues(): Promise<unknown>;
  region: string;
  timeoutMs(functionKey: string): number;
  invoke(functionKey: string, event: SQSEvent): Promise<unknown>;
  log: Log;
}

// Lambda polls a standard queue with five at first, and then scales out.
const usualInFlight = 5;

const findOutWithinMs = 1_000;

/** Many pollers find out within a moment that their queues are gone: the first makes all, for the others too. */
const makeOnce = ({ makeQueues, log }: QueuePollersOptions): (() => Promise<void>) => {
  let making: Promise<void> | undefined;
  const make = async (): Promise<void> => {
    await makeQueues();
    log('queues: the queue server had lost them, they are made again');
  };
  return () => {
    making ??= make().finally(() => {
      setTimeout(() => (making = undefined), findOutWithinMs).unref();
    });
    return making;
  };
};

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

/** Starts one poller for each `sqs` event in serverless.yml, with the settings AWS would read there. */
export const startQueuePollers = (events: QueueEvent[], options: QueuePollersOptions): QueuePoller[] => {
  const outages = createOutages(options.log);
  const makeQueues = makeOnce(options);
  return events
    .filter(({ sqs }) => fieldAt(sqs, 'enabled') !== false)
    .map(({ functionKey, sqs }) =>
      startQueuePoller({
        client: options.client,
        queue: queueOf(sqs, options.queues),
        region: options.region,
        batchSize: numberAt(sqs, 'batchSize') ?? 10,
        maxInFlight:
          numberAt(fieldAt(sqs, 'scalingConfig'), 'maximumConcurrency') ??
          numberAt(sqs, 'maximumConcurrency') ??
          usualInFlight,
        reportsItemFailures: fieldAt(sqs, 'functionResponseType') === 'ReportBatchItemFailures',
        timeoutMs: options.timeoutMs(functionKey),
        handle: (event) => options.invoke(functionKey, event),
        makeQueues,
        outages,
        log: options.log,
      }),
    );
};
