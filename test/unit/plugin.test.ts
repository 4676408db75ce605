// What the plugin makes of serverless.yml for each command. Source: lib/deploy/plugin.ts.
import { afterEach, expect, test, vi } from 'vitest';
import Deploy from '../../lib/deploy/plugin.ts';
import type { Service } from '../../lib/deploy/service.ts';
import { readWritten } from '../support/serverless-file.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Said {
  commands: string[];
  stage?: string;
  params?: Record<string, Record<string, unknown>>;
  flags?: string[];
}

const serviceFor = ({ commands, stage = 'prod', params = {}, flags = [] }: Said): Service => {
  const written = readWritten();
  const service = {
    ...written,
    provider: { ...written.provider, stage },
    service: 'shop',
  } as object as Service;
  const { hooks } = new Deploy({
    service,
    configSchemaHandler: { defineFunctionProperties: () => undefined },
    configurationInput: { params },
    processedInput: { commands, options: { param: flags } },
  });
  hooks['initialize']?.();
  return service;
};

test('what is deployed has its stage in the names of its queues, and the settings of its stage', () => {
  const params = { default: { READ_LAG_MS: 400 }, prod: { MAX_ATTEMPTS: 7, RELAY_BATCH_SIZE: 9 } };
  for (const command of ['deploy', 'package']) {
    const { provider, functions, resources } = serviceFor({ commands: [command], params });
    expect(provider.environment).toMatchObject({
      ...{ STAGE: 'prod', QUEUE_PREFIX: 'shop-prod', READ_LAG_MS: '400', MAX_ATTEMPTS: '7' },
    });
    const { relay, notFound, health } = functions;
    expect(relay?.environment).toMatchObject({
      RELAY_BATCH_SIZE: '9',
      RELAY_FUNCTION: 'shop-prod-relay',
    });
    expect(notFound?.environment?.['ROUTES']).toContain(';/health GET');
    expect(health?.events).toEqual([{ httpApi: 'GET /health' }]);
    const queues = Object.values(resources.Resources).filter(({ Type }) => Type === 'AWS::SQS::Queue');
    const names = queues.map(({ Properties }) => String(Properties['QueueName']));
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(name).toMatch(/^shop-prod-/);
  }
});

test('a stage may name its queues itself', () => {
  const { provider } = serviceFor({ commands: ['deploy'], params: { prod: { QUEUE_PREFIX: 'own' } } });
  expect(provider.environment['QUEUE_PREFIX']).toBe('own');
});

test('what runs here is as the shell says, and what is deployed never', () => {
  vi.stubEnv('READ_LAG_MS', '321');
  vi.stubEnv('QUEUE_PREFIX', 'mine');
  const params = { default: { READ_LAG_MS: 400 } };
  expect(serviceFor({ commands: ['offline', 'start'], params }).provider.environment).toMatchObject({
    ...{ READ_LAG_MS: '321', QUEUE_PREFIX: 'mine' },
  });
  expect(() => serviceFor({ commands: ['deploy'], params })).toThrow(
    expect.objectContaining({
      name: 'ServerlessError',
      message: expect.stringContaining('under params'),
    }),
  );
});

test('a setting that is none, and a flag that the file does not know, end a deploy before it begins', () => {
  const deploying = (said: Partial<Said>) => () => serviceFor({ commands: ['deploy'], ...said });
  expect(deploying({ params: { prod: { MAX_ATTEMPTS: 0 } } })).toThrow(
    /^The environment is not valid: MAX_ATTEMPTS/,
  );
  expect(deploying({ flags: ['READ_LAG_MS=9'] })).toThrow('serverless.yml says nothing');
});
