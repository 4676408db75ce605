// What operations do with their settings, and what they start. Source: functions/reconcile.ts, functions/redrive.ts.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { listHeard } from '../../lib/core/observe/heard.ts';
import { actionsCollection } from '../../lib/core/ops/actions.ts';
import { relayLeaseName } from '../../lib/core/relay/awake.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { linesOf } from '../support/lines.ts';
import { oneWish } from '../support/scenario.ts';
import { lambdaContext } from '../support/sqs-event.ts';
import { clear, createWorld, newContext, relay } from '../support/world.ts';

const databases = useDatabases();
/** Where functions are started: the Lambda API of this machine. */
const started: (string | undefined)[] = [];
const lambda = createServer((request, response) => {
  started.push(request.url?.split('/').at(-2));
  response.writeHead(202).end();
});

const stateStored = () => {
  const found = domains.find((domain) =>
    catalogue.all.some(({ name, streams }) => name === domain.name && streams[0]?.store === 'state'),
  );
  if (found === undefined) throw new Error('no domain keeps states');
  return found;
};
const world = () => createWorld(stateStored(), databases.write, databases.read);
const create = async (): Promise<void> => {
  const { commands, create: wishes } = stateStored();
  await commands(databases.write)(oneWish(wishes), undefined, newContext());
};
const run = async (name: string, payload: object): Promise<unknown> => {
  const { handler } = await import(new URL(`../../functions/${name}.ts`, import.meta.url).href);
  return handler(payload, lambdaContext(name, 60_000));
};

beforeAll(async () => {
  hushFunctions();
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  const settings = {
    IS_OFFLINE: 'true',
    LAMBDA_PORT: String((lambda.address() as AddressInfo).port),
    WRITE_DB_URL: databases.writeUrl,
    READ_DB_URL: databases.readUrl,
    SQS_ENDPOINT: inject('sqsEndpoint'),
    QUEUE_PREFIX: 'by-settings',
    EVENT_RETENTION_DAYS: '2',
    RELAY_FUNCTION: 'any-relay',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  // What has read the environment before reads it again.
  vi.resetModules();
  await catalogue.ensureIndexes(databases.write, databases.read);
});
afterAll(() => new Promise((resolve) => lambda.close(resolve)));
beforeEach(() => clear(world()));

test('reconcile removes what was published longer ago than EVENT_RETENTION_DAYS, and nothing that is younger', async () => {
  await create();
  await relay(world());
  const hourMs = 3_600_000;
  const publishedAgo = (hours: number) =>
    eventRows(databases.write).updateMany(
      {},
      { $set: { published_at: new Date(Date.now() - hours * hourMs) } },
    );
  await publishedAgo(47);
  expect(await run('reconcile', { source: 'aws.events' })).toMatchObject({ events_removed: 0 });
  await publishedAgo(49);
  expect(await run('reconcile', { source: 'aws.events' })).toMatchObject({ events_removed: 1 });
  expect(await eventRows(databases.write).countDocuments()).toBe(0);
});

test('reconcile is heard of, says how late the oldest event is, and is on record if an operator has asked for it', async () => {
  const actions = databases.read.collection(actionsCollection);
  await actions.deleteMany({});
  await create();
  const recorded_at = new Date(Date.now() - 90_000);
  await eventRows(databases.write).updateMany({}, { $set: { recorded_at } });
  const lines = await linesOf(() => run('reconcile', { source: 'aws.events' }));
  const measured = lines.find((line) => '_aws' in line);
  expect(measured).toMatchObject({ function: 'reconcile', Behind: expect.any(Number) });
  expect(measured).not.toHaveProperty('Healed');
  expect(Math.floor(Number(measured?.['OldestBehindMs']) / 10_000)).toBe(9);
  const heard = (await listHeard(databases.read)).get('reconcile');
  expect(Date.now() - (heard?.getTime() ?? 0)).toBeLessThan(10_000);
  expect(await actions.countDocuments()).toBe(0);
  await run('reconcile', {});
  expect(await actions.find().toArray()).toMatchObject([
    { kind: 'reconcile', target: 'all', by: 'sls invoke', state: 'done' },
  ]);
});

test('who puts parked events back wakes a relay that sleeps; who finds none wakes nobody', async () => {
  const redrive = () => run('redrive', { subscription: 'relay' });
  await create();
  await relay(world(), {
    maxAttempts: 1,
    publisher: { send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'no'])) }) },
  });
  await databases.write
    .collection<{ _id: string }>('leases')
    .updateOne({ _id: relayLeaseName }, { $set: { awake_until: new Date(0) } });
  started.length = 0;
  expect(await redrive()).toMatchObject({ redriven: 1, done: true });
  expect(started).toEqual(['any-relay']);
  expect(await eventRows(databases.write).countDocuments({ pending: true })).toBe(1);
  expect(await redrive()).toMatchObject({ redriven: 0 });
  expect(started).toHaveLength(1);
});
