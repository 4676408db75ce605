// What AWS wants for each consumer: the queue, its dead letters, and the event source of the function.
import { AppError } from '../core/errors.ts';
import { consumersOf, type QueueConsumer, type QueueDefinition, type QueueSettings } from './consumers.ts';
import { keptWhenReplaced, logicalId, type Resource, type Service } from './service.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A queue whose name changes is another queue. */
const queueResource = ({ name, attributes }: QueueDefinition, more: object = {}): Resource => ({
  Type: 'AWS::SQS::Queue',
  ...keptWhenReplaced,
  Properties: { QueueName: name, ...attributes, ...more },
});

const eventSource = (queueId: string, { batchSize, concurrency, windowSeconds }: QueueConsumer) => ({
  arn: arnOf(queueId),
  batchSize,
  maximumConcurrency: concurrency,
  functionResponseType: 'ReportBatchItemFailures',
  ...(windowSeconds === 0 ? {} : { maximumBatchingWindow: windowSeconds }),
});

/** Nothing would poll such a queue on a developer's machine, and nobody watch it on AWS. */
const refuseOwnEventSources = (functions: Service['functions']): void => {
  for (const [key, { events = [] }] of Object.entries(functions))
    if (events.some(({ sqs }) => sqs !== undefined))
      throw new AppError(
        'invalid_input',
        `serverless.yml: ${key} has an sqs event of its own: say «consumes» and the name of the queue`,
      );
};

/** Changes the service in place, as the framework wants it. @throws AppError as `consumersOf` does. */
export const addQueues = (
  { functions, resources }: Service,
  names: readonly string[],
  settings: QueueSettings,
): void => {
  refuseOwnEventSources(functions);
  for (const consumer of consumersOf(functions, names, settings)) {
    const { functionKey, queue, source, deadLetters, maxAttempts, timeoutSeconds } = consumer;
    const [queueId, deadLettersId] = [`${logicalId(queue)}Queue`, `${logicalId(queue)}DeadLetters`];
    const RedrivePolicy = { deadLetterTargetArn: arnOf(deadLettersId), maxReceiveCount: maxAttempts };
    resources.Resources[queueId] = queueResource(source, { RedrivePolicy });
    resources.Resources[deadLettersId] = queueResource(deadLetters);
    const definition = functions[functionKey];
    if (definition === undefined) continue;
    definition.timeout = timeoutSeconds;
    definition.events = [...(definition.events ?? []), { sqs: eventSource(queueId, consumer) }];
  }
};
