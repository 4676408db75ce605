// The words that a function's `rights` in serverless.yml are made of, and what each one allows. Logs, and taking
// messages from the queue of an `sqs` event, follow from the function itself.

import type { Setting } from '../core/settings.ts';
import { catalogue } from '../domains.ts';
import { machineSettings } from '../platform/settings.ts';
import { functionName } from './service.ts';
import type { StageNaming } from './stage-naming.ts';

export interface Statement {
  Effect: 'Allow';
  Action: string[];
  Resource: unknown[];
}

/** The settings that come from Parameter Store on a deployed stage, by the right that a function needs for them. */
export const secrets: ReadonlyMap<string, string> = new Map(
  Object.entries<Setting>(machineSettings).flatMap(([name, { secret }]) =>
    secret === undefined ? [] : [[secret, name] as const],
  ),
);

/** The relay's name in serverless.yml. */
export const relayKey = 'relay';

const others = [
  'publish',
  'take-dead-letters',
  'send-back',
  'measure-queues',
  'measure-a-queue',
  'invoke-self',
  'start-relay',
] as const;

export type Right = string;

/** The read database, if the stage's PROJECTION_MODE projects inline; nothing elsewhere. */
const inline = 'inline-projection';

/** What a function has declared, as it is meant on this stage. */
export const rightsOn = ({ projectionMode }: StageNaming, declared: Right[] = []): Right[] =>
  declared.flatMap((right) => {
    if (right !== inline) return right;
    return projectionMode.includes('inline') ? 'read-db' : [];
  });

/** What the framework checks `rights` against. */
export const rightPattern = `^(${[...secrets.keys(), ...others, inline].join('|')}|send:[a-z-]+|start:[a-zA-Z]+)$`;

export const parameterName = ({ service, stage }: StageNaming, setting: string): string =>
  `/${service}/${stage}/${setting.toLowerCase().replaceAll('_', '-')}`;

export const arn = (service: string, resource: string) => ({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
  'Fn::Sub': `${'arn:${AWS::Partition}:'}${service}${':${AWS::Region}:${AWS::AccountId}:'}${resource}`,
});

const allow = (Action: string[], Resource: unknown[]): Statement => ({ Effect: 'Allow', Action, Resource });

const send = (queues: unknown[]): Statement => allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], queues);

/** `name` is the function's own, as it is deployed. */
export const statementsOf = (right: Right, naming: StageNaming, name: string): Statement => {
  const queue = (queueName: string) => arn('sqs', `${naming.queuePrefix}-${queueName}`);
  const queues = catalogue.queueNames.map(queue);
  const deadLetters = catalogue.queueNames.map((queueName) => queue(`${queueName}-dlq`));
  const secret = secrets.get(right);
  if (secret !== undefined)
    return allow(['ssm:GetParameters'], [arn('ssm', `parameter${parameterName(naming, secret)}`)]);
  switch (right) {
    case 'publish':
      return send(catalogue.subscribers.map(({ name: subscriber }) => queue(subscriber)));
    case 'take-dead-letters':
      return allow(
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueUrl'],
        deadLetters,
      );
    case 'send-back':
      return send(queues);
    case 'measure-queues':
      return allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], [...queues, ...deadLetters]);
    // One answers for all: whether the queue server can be reached.
    case 'measure-a-queue':
      return allow(
        ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        [...queues.slice(0, 1), ...deadLetters.slice(0, 1)],
      );
    case 'invoke-self':
      return allow(['lambda:InvokeFunction'], [arn('lambda', `function:${name}`)]);
    case 'start-relay':
      return allow(['lambda:InvokeFunction'], [arn('lambda', `function:${functionName(naming, relayKey)}`)]);
    default:
      if (right.startsWith('start:')) {
        const started = functionName(naming, right.slice('start:'.length));
        return allow(['lambda:InvokeFunction'], [arn('lambda', `function:${started}`)]);
      }
      return send([queue(right.slice('send:'.length))]);
  }
};
