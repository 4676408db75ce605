import { existsSync, globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { gatewayKey } from '../../lib/platform/http/route-key.ts';
import { isObject } from '../support/answer.ts';
import { readServerlessFile } from '../support/serverless-file.ts';

const { functions, provider, resources } = readServerlessFile();
const lambdas = Object.entries(functions).map(([name, it]) => ({ name, ...it }));
const queues = Object.entries(resources.Resources)
  .filter(([, it]) => it.Type === 'AWS::SQS::Queue')
  .map(([id, { Properties }]) => ({
    id,
    queueName: String(Properties['QueueName']),
    properties: Properties,
  }));

// The very setting that functions read as MAX_ATTEMPTS.
const attempts = provider.environment['MAX_ATTEMPTS'];
const arnOf = (id: string | undefined) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const fileOf = (handler: string) => `${handler.slice(0, handler.lastIndexOf('.'))}.ts`;

const load = async (handler: string): Promise<Record<string, unknown>> => {
  return await import(pathToFileURL(resolve(fileOf(handler))).href);
};

const routesOf = (name: string): string[] => {
  const asked = functions[name]?.events.flatMap(({ httpApi }) => (httpApi ? [httpApi] : [])) ?? [];
  return asked
    .map((it) => (typeof it === 'string' ? it : `${it.method.toUpperCase()} ${it.path}`))
    .filter((it) => it !== '*');
};

/** It answers if no route does. */
const answersMissing = (name: string): boolean =>
  functions[name]?.events.some(({ httpApi }) => httpApi === '*') === true;

describe.each(lambdas)('function $name', ({ name, handler }) => {
  test('has a file that exports its handler', async () => {
    expect(existsSync(fileOf(handler))).toBe(true);
    const module = await load(handler);
    expect(module[handler.slice(handler.lastIndexOf('.') + 1)]).toBeTypeOf('function');
  });

  test('serves every route that the gateway sends to it, and no other', async () => {
    const { routes = {} } = await load(handler);
    const served = isObject(routes) ? Object.keys(routes) : [];
    expect(served.map(gatewayKey).toSorted()).toEqual(answersMissing(name) ? [] : routesOf(name).toSorted());
  });
});

test("no deployed function has in its environment what is a secret, or is for a developer's machine alone", () => {
  const told = [provider, ...lambdas].flatMap(({ environment = {} }) => Object.keys(environment));
  expect(told).toContain('READ_LAG_MS');
  const kept = ['HTTP_PORT', 'LAMBDA_PORT', 'TANDEM_DATA_DIR', 'SQS_ENDPOINT'];
  const secrets = ['WRITE_DB_URL', 'READ_DB_URL', 'OPS_TOKEN'];
  expect(told.filter((name) => [...kept, ...secrets].includes(name))).toEqual([]);
});

test('every file in functions is a function of the system', () => {
  const named = lambdas.map(({ handler }) => fileOf(handler));
  expect(globSync('functions/**/*.ts').toSorted()).toEqual([...new Set(named)].toSorted());
});

test('no route goes to two functions', () => {
  const routes = Object.keys(functions).flatMap(routesOf);
  expect(routes).toEqual([...new Set(routes)]);
});

describe.each(catalogue.subscribers)('subscription $name', ({ name: subscription }) => {
  const queue = queues.find(({ queueName }) => queueName.endsWith(`-${subscription}`));
  const deadLetters = queues.find(({ queueName }) => queueName.endsWith(`-${subscription}-dlq`));
  const consumers = lambdas.flatMap(({ events, timeout }) =>
    events.flatMap(({ sqs }) =>
      JSON.stringify(sqs?.arn) === JSON.stringify(arnOf(queue?.id)) ? [{ ...sqs, timeout }] : [],
    ),
  );

  test('has a queue, a dead-letter queue and one function', () => {
    expect(queue).toBeDefined();
    expect(deadLetters).toBeDefined();
    expect(consumers).toHaveLength(1);
  });

  test('retries MAX_ATTEMPTS times, then keeps the dead letter for 14 days', () => {
    const policy = { deadLetterTargetArn: arnOf(deadLetters?.id), maxReceiveCount: Number(attempts) };
    expect(queue?.properties['RedrivePolicy']).toEqual(policy);
    const kept = Number(deadLetters?.properties['MessageRetentionPeriod']);
    expect(kept).toBe(14 * 24 * 3600);
    expect(kept).toBeGreaterThan(Number(queue?.properties['MessageRetentionPeriod']));
  });

  test('hides a message for at least six times as long as its function may take', () => {
    const timeout = consumers[0]?.timeout ?? provider.timeout;
    expect(queue?.properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout);
  });

  test('reports the messages of a batch one by one', () => {
    expect(consumers[0]?.functionResponseType).toBe('ReportBatchItemFailures');
  });
});

test('every queue belongs to a subscription or takes commands', () => {
  const wanted = catalogue.queueNames.flatMap((name) => [`tandem-${name}`, `tandem-${name}-dlq`]);
  expect(queues.map(({ queueName }) => queueName).toSorted()).toEqual(wanted.toSorted());
});

describe('a function of the machine', () => {
  const settingsOf = (name: string) => {
    const found = functions[name];
    if (found === undefined) throw new Error(`there is no function ${name}`);
    return found;
  };

  test('that must not run twice at once does not, and who relays has one that stands by', () => {
    const once = ['redrive', 'discard', 'reconcile'];
    const twice = ['relay', 'rebuild', 'replay'];
    const reserved = lambdas.flatMap((one) =>
      'reservedConcurrency' in one ? [[one.name, one['reservedConcurrency']]] : [],
    );
    expect(Object.fromEntries(reserved)).toEqual({
      ...Object.fromEntries(once.map((name) => [name, 1])),
      ...Object.fromEntries(twice.map((name) => [name, 2])),
    });
  });

  test.each(['relay', 'reconcile'])('%s is started each minute', (name) => {
    expect(functions[name]?.events).toEqual([{ schedule: 'rate(1 minute)' }]);
  });

  test('that relays ends before a third is started, and a start that is late is none', () => {
    const { timeout = 0, ...relay } = settingsOf('relay');
    expect(timeout).toBeGreaterThan(60);
    expect(timeout).toBeLessThan(120);
    expect(relay).toMatchObject({ maximumEventAge: 60, maximumRetryAttempts: 0 });
    expect(settingsOf('reconcile').timeout).toBeLessThanOrEqual(60);
  });

  test.each(['rebuild', 'replay', 'redrive', 'discard', 'ensureIndexes'])(
    '%s has the longest time',
    (name) => {
      expect(settingsOf(name).timeout).toBe(900);
    },
  );
});

test('who answers a request has ended before the gateway gives it up', () => {
  const answering = lambdas.filter(({ events }) => events.some(({ httpApi }) => httpApi !== undefined));
  expect(answering.length).toBeGreaterThan(10);
  for (const { name, timeout = provider.timeout } of answering) expect(timeout, name).toBeLessThan(29);
});
