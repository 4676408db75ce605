import { describe, expect, test } from 'vitest';
import { localEnvironment, parametersOf, relayOf } from '../../lib/deploy/environment.ts';
import Deploy, { complete } from '../../lib/deploy/plugin.ts';
import type { Statement } from '../../lib/deploy/rights.ts';
import { allowed, roleOf } from '../../lib/deploy/roles.ts';
import { type FunctionDefinition, logicalId, type Service } from '../../lib/deploy/service.ts';
import type { StageNaming } from '../../lib/deploy/stage-naming.ts';
import { catalogue } from '../../lib/domains.ts';
import { gatewayKey } from '../../lib/platform/http/route-key.ts';
import { example } from '../support/example.ts';
import { readOperatorRoutes, readServerlessFile } from '../support/serverless-file.ts';

const { functions: declared, provider } = readServerlessFile();
// As the framework hands them to the plugin.
const functions = declared as object as Record<string, FunctionDefinition>;
const naming: StageNaming = {
  service: 'tandem',
  stage: 'prod',
  queuePrefix: 'tandem',
  projectionMode: 'async',
};
const names = Object.keys(functions);

const definitionOf = (name: string): FunctionDefinition => functions[name] ?? { handler: '' };
const statements = (name: string, at = naming): Statement[] => allowed(name, definitionOf(name), at);
const parameters = (name: string, at = naming): string[] =>
  Object.keys(parametersOf(definitionOf(name), at)).toSorted();

/** `action resource`, with the resource's last part alone. */
const grants = (name: string): string[] =>
  statements(name).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) =>
      Resource.map((it) => `${action} ${JSON.stringify(it).split(':').at(-1)?.replaceAll(/["}]/g, '')}`),
    ),
  );
const queueGrants = (name: string): string[] => grants(name).filter((it) => it.startsWith('sqs:'));
const matching = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name));

const write = 'WRITE_DB_URL_PARAMETER';
const read = 'READ_DB_URL_PARAMETER';

test.each(matching(/^(?!.*Queued).*Commands$/))('%s writes its database and touches no queue', (name) => {
  expect(parameters(name)).toEqual([write]);
  expect(queueGrants(name)).toEqual([]);
});

test.each(matching(/Commands$/))('%s may start a relay that sleeps', (name) => {
  expect(definitionOf(name).rights).toContain('start-relay');
});

test('a stage that projects inline lets commands at the read database', () => {
  const inline = { ...naming, projectionMode: `${example.name}=inline` };
  expect(parameters(example.functions.commands, inline)).toEqual([read, write]);
});

// The contract reads these from the write model: ticket details, a product's history and past.
const alsoWriteModel = ['ticketsQueries', 'productsQueries', 'opsQueries'];

test.each(matching(/Queries$/))('%s reads the read database', (name) => {
  expect(parameters(name)).toContain(read);
  expect(parameters(name).includes(write)).toBe(alsoWriteModel.includes(name));
  for (const grant of queueGrants(name)) expect(grant).toMatch(/^sqs:(SendMessage|GetQueueUrl) .*-commands$/);
});

describe.each(names)('%s', (name) => {
  test('writes its own log', () => {
    expect(JSON.stringify(statements(name)[0]?.Resource)).toContain(`/aws/lambda/tandem-prod-${name}:*`);
  });

  test('may do nothing to everything', () => {
    for (const { Action, Resource } of statements(name)) {
      expect(Action.filter((it) => it.includes('*'))).toEqual([]);
      expect(Resource).not.toContain('*');
    }
  });

  test('takes messages from the queue that calls it, and from no other', () => {
    const events = definitionOf(name).events ?? [];
    const own = events.flatMap(({ sqs }) => (sqs === undefined ? [] : [sqs.arn]));
    const takes = statements(name).filter(({ Action }) => Action.includes('sqs:ReceiveMessage'));
    const fromQueues = takes
      .flatMap(({ Resource }) => Resource)
      .filter((it) => JSON.stringify(it).includes('Fn::GetAtt'));
    expect(fromQueues).toEqual(own);
  });
});

test('who answers operators, though it be one call alone, may read their token, and nobody else may', () => {
  const answering = new Set(readOperatorRoutes().map(({ name }) => name));
  expect(answering).toContain('metrics');
  const reading = names.filter((name) => parameters(name).includes('OPS_TOKEN_PARAMETER'));
  expect(reading.toSorted()).toEqual([...answering].toSorted());
});

test('the relay sends to every subscription, and does nothing else to a queue', () => {
  const wanted = catalogue.subscribers.flatMap(({ name }) => [
    `sqs:SendMessage tandem-${name}`,
    `sqs:GetQueueUrl tandem-${name}`,
  ]);
  expect(queueGrants('relay').toSorted()).toEqual(wanted.toSorted());
  expect(parameters('relay')).toEqual([write]);
});

test('metrics measures queues and never takes from them', () => {
  const actions = new Set(queueGrants('metrics').map((it) => it.split(' ')[0]));
  expect([...actions].toSorted()).toEqual(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl']);
});

test('health asks one queue and its dead letters, not all of them', () => {
  const queue = `tandem-${catalogue.queueNames[0]}`;
  const grantsOfOne = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'].flatMap((action) =>
    [queue, `${queue}-dlq`].map((name) => `${action} ${name}`),
  );
  expect(queueGrants('health').toSorted()).toEqual(grantsOfOne.toSorted());
});

/** What the machine's functions may do beside writing their log, and reading the parameters of their databases. */
const queuesOf = (actions: string[], queueNames: string[]): string[] =>
  actions.flatMap((action) => queueNames.map((name) => `sqs:${action} tandem-${name}`));
const letters = catalogue.queueNames.map((name) => `${name}-dlq`);
const taking = queuesOf(
  ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl'],
  letters,
);
const measuring = queuesOf(['GetQueueAttributes', 'GetQueueUrl'], [...catalogue.queueNames, ...letters]);
const sending = (queueNames: string[]) => queuesOf(['SendMessage', 'GetQueueUrl'], queueNames);
const subscriberNames = catalogue.subscribers.map(({ name }) => name);
const invoking = (...functionNames: string[]) =>
  functionNames.map((name) => `lambda:InvokeFunction tandem-prod-${name}`);

test.each<[name: string, parameters: string[], grants: string[]]>([
  ['relay', [write], [...sending(subscriberNames), ...invoking('relay')]],
  ['reconcile', [read, write], [...sending(subscriberNames), ...measuring]],
  [
    'redrive',
    [read, write],
    [...taking, ...sending([...catalogue.queueNames]), ...measuring, ...invoking('relay')],
  ],
  ['discard', [read], [...taking, ...measuring]],
  ['rebuild', [read, write], invoking('rebuild')],
  ['replay', [read, write], invoking('replay')],
  ['mend', [read, write], []],
  ['stop', [read], []],
  ['ensureIndexes', [read, write], []],
  ['deadLetters', [read, write], []],
  ['opsQueries', [read, write], []],
  ['opsActions', [read, write], invoking('redrive', 'discard', 'rebuild', 'replay', 'reconcile')],
  ['metrics', [read, write], measuring],
  ['documents', [], []],
  ['docs', [], []],
  ['console', [], []],
  ['notFound', [], []],
])('%s may do what its work needs, and nothing else', (name, needed, granted) => {
  const isOther = (it: string): boolean => !/^(logs|ssm):/.test(it);
  expect(grants(name).filter(isOther).toSorted()).toEqual(granted.toSorted());
  expect(parameters(name).filter((it) => it !== 'OPS_TOKEN_PARAMETER')).toEqual(needed);
});

test('a parameter is read by the name that the stage gives it, and by no other', () => {
  expect(parametersOf({ handler: '', rights: ['write-db', 'ops-token'] }, naming)).toEqual({
    WRITE_DB_URL_PARAMETER: '/tandem/prod/write-db-url',
    OPS_TOKEN_PARAMETER: '/tandem/prod/ops-token',
  });
  expect(grants('stop').filter((it) => it.startsWith('ssm:'))).toEqual([
    'ssm:GetParameters parameter/tandem/prod/read-db-url',
  ]);
});

test('who may start the relay knows its name, and nobody else is told', () => {
  const told = names.filter((name) => relayOf(definitionOf(name), naming)['RELAY_FUNCTION'] !== undefined);
  const starting = names.filter((name) => grants(name).some((it) => it.endsWith('tandem-prod-relay')));
  expect(told).toEqual(starting);
  expect(starting).toContain('redrive');
  expect(relayOf(definitionOf('relay'), naming)).toEqual({ RELAY_FUNCTION: 'tandem-prod-relay' });
});

test('a role is taken on by Lambda alone', () => {
  expect(roleOf(statements('stop')).Properties).toMatchObject({
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: [{ PolicyDocument: { Statement: statements('stop') } }],
  });
});

test('what is sent to a queue of commands goes to one that there is', () => {
  const sends = names
    .flatMap((name) => definitionOf(name).rights ?? [])
    .filter((it) => it.startsWith('send:'));
  expect(sends.filter((it) => !catalogue.commandQueues.some((queue) => it === `send:${queue}`))).toEqual([]);
});

test('no secret and no local address is deployed', () => {
  const local = Object.keys(localEnvironment({}));
  expect(local).toEqual(expect.arrayContaining(['WRITE_DB_URL', 'OPS_TOKEN', 'SQS_ENDPOINT']));
  const deployed = [provider.environment, ...names.map((name) => definitionOf(name).environment ?? {})];
  expect(deployed.flatMap(Object.keys).filter((name) => local.includes(name))).toEqual([]);
});

const service = () => ({
  service: 'tandem',
  provider: {
    stage: 'prod',
    environment: { QUEUE_PREFIX: 'tandem', PROJECTION_MODE: 'async' },
  },
  custom: {},
  functions: structuredClone(functions),
  resources: { Resources: {} as Record<string, { Type: string; Properties: Record<string, unknown> }> },
});

test('every function has a role of its own, and every queue an alarm for its dead letters', () => {
  const deployed = service();
  complete(deployed);
  const { Resources } = deployed.resources;
  const roles = Object.values(deployed.functions).map(({ role }) => role?.['Fn::Sub']);
  expect(new Set(roles).size).toBe(names.length);
  expect(Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role')).toHaveLength(names.length);
  expect(Object.keys(Resources).filter((id) => id.endsWith('DeadLettersAlarm'))).toHaveLength(
    catalogue.queueNames.length,
  );
});

test('a deployed function is told the names of the parameters that it may read, and takes its own role', () => {
  const deployed = service();
  complete(deployed);
  for (const name of names) {
    const { role, environment = {} } = deployed.functions[name] ?? {};
    expect(role).toEqual({ 'Fn::Sub': `\${${logicalId(name)}Role.Arn}` });
    expect(
      Object.keys(environment)
        .filter((it) => it.endsWith('_PARAMETER'))
        .toSorted(),
    ).toEqual(parameters(name));
    expect(deployed.resources.Resources[`${logicalId(name)}Role`]).toEqual(roleOf(statements(name)));
  }
});

test('a function may make the streams of its own log, and write to them', () => {
  expect(statements('stop')[0]?.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
});

test('the pages that a stage names are let in where it is deployed', () => {
  const deployed: Service = { ...service(), custom: { corsOrigins: 'https://shop.example' } };
  complete(deployed);
  expect(deployed.provider.httpApi?.cors).toMatchObject({ allowedOrigins: ['https://shop.example'] });
});

test('tokens are looked for where callers send them, and may be for one of several audiences', () => {
  const jwt = { issuer: 'https://issuer.example', audience: 'shop,desk' };
  const deployed: Service = { ...service(), custom: { jwt } };
  complete(deployed);
  expect(deployed.provider.httpApi?.authorizers).toEqual({
    jwt: {
      ...{ type: 'jwt', identitySource: '$request.header.Authorization' },
      ...{ issuerUrl: 'https://issuer.example', audience: ['shop', 'desk'] },
    },
  });
});

test('the log of a function that is replaced stays, and goes with the stage', () => {
  const deployed = service();
  const accessLog = { Properties: { LogGroupClass: 'INFREQUENT_ACCESS' } };
  const resources = { ...deployed.resources, extensions: { HttpApiLogGroup: accessLog } };
  complete({ ...deployed, resources });
  const { HttpApiLogGroup, ...own }: Record<string, object> = resources.extensions;
  expect(HttpApiLogGroup).toBe(accessLog);
  expect(Object.keys(own).sort()).toEqual(names.map((name) => `${logicalId(name)}LogGroup`).sort());
  for (const kept of Object.values(own))
    expect(kept).toEqual({ UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' });
});

test('a stage with an issuer and an audience asks for a token on every route but health, the console and what operators ask', () => {
  const deployed = {
    ...service(),
    custom: { jwt: { issuer: 'https://issuer.example', audience: 'tandem' } },
  };
  complete(deployed);
  const routes = Object.values(deployed.functions).flatMap(({ events = [] }) =>
    events.flatMap(({ httpApi }) => httpApi ?? []),
  );
  const open = routes.filter((route) => typeof route === 'string' || route.authorizer === undefined);
  const ofOperators = (route: unknown): boolean => /^\w+ \/ops\//.test(String(route));
  expect(routes.filter(ofOperators).length).toBeGreaterThan(10);
  expect(routes.filter(ofOperators).every((route) => open.includes(route))).toBe(true);
  const forOperators = new Set<unknown>(readOperatorRoutes().map(({ route }) => gatewayKey(route)));
  // Missing, whatever a pattern beside it would take.
  const missing = (deployed.functions['notFound']?.events ?? []).map(({ httpApi }) => httpApi);
  expect(missing).toContain('*');
  const known = open.filter((route) => !forOperators.has(route) && !missing.includes(route));
  expect(known.toSorted()).toEqual([
    'GET /asyncapi.json',
    'GET /console',
    'GET /console/{path+}',
    'GET /docs',
    'GET /docs/{file}',
    'GET /health',
    'GET /openapi.json',
  ]);
  expect([...forOperators].filter((route) => !open.some((one) => one === route))).toEqual([]);
});

describe('what a deploy refuses is one sentence, without a stack', () => {
  const configSchemaHandler = { defineFunctionProperties: () => undefined };
  const jwt = { issuer: 'https://issuer.example' };
  const { hooks } = new Deploy({
    service: { ...service(), custom: { jwt } },
    configSchemaHandler,
    configurationInput: {},
    processedInput: { commands: ['deploy'], options: {} },
  });

  test.each([
    ['one function alone', 'before:deploy:function:initialize', /use `sls deploy`/],
    ['one half of the authorizer', 'before:package:initialize', /jwtIssuer and jwtAudience/],
  ])('%s', (_what, hook, sentence) => {
    // The framework shows an error of that name by its message alone.
    expect(hooks[hook]).toThrow(expect.objectContaining({ name: 'ServerlessError' }));
    expect(hooks[hook]).toThrow(sentence);
  });
});
