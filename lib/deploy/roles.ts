// One role a function, with its rights and nothing else.

import { arn, rightsOn, type Statement, statementsOf } from './rights.ts';
import { type FunctionDefinition, functionName, type Resource } from './service.ts';
import type { StageNaming } from './stage-naming.ts';

const logs = (name: string): Statement => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [arn('logs', `log-group:/aws/lambda/${name}:*`)],
});

const consume = (queueArn: unknown): Statement => ({
  Effect: 'Allow',
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: [queueArn],
});

/** What a function may do; `key` is its name in serverless.yml. */
export const allowed = (
  key: string,
  { events = [], rights }: FunctionDefinition,
  naming: StageNaming,
): Statement[] => {
  const name = functionName(naming, key);
  return [
    logs(name),
    ...events.flatMap(({ sqs }) => (sqs === undefined ? [] : [consume(sqs.arn)])),
    ...rightsOn(naming, rights).map((right) => statementsOf(right, naming, name)),
  ];
};

export const roleOf = (Statement: Statement[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [{ PolicyName: 'rights', PolicyDocument: { Version: '2012-10-17', Statement } }],
  },
});
