// What operations do with their settings, and what they start. Source: functions/reconcile.ts, redrive.ts, rebuild.ts, replay.ts.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest';
import { deadLetterRecords, recordFailures } from '../../lib/core/dead-letters/records.ts';
import { listHeard } from '../../lib/core/observe/heard.ts';
import { actionsCollection } from '../../lib/core/ops/actions.ts';
import type { ReadModel } from '../../lib/core/projection/projection.ts';
import { relayLeaseName } from '../../lib/core/relay/awake.ts';
import type { OutgoingMessage, SendOutcome } from '../../lib/core/relay/publish.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { ensureQueues } from '../../lib/local/queues.ts';
import { createSqsClient } from '../../lib/local/sqs-queue.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { linesOf } from '../support/lines.ts';
import { openQueue } from '../support/queues.ts';
import { oneWish } from '../support/scenario.ts';
import { lambdaContext } from '../support/sqs-event.ts';
import { clear, createWorld, newContext, relay } from '../support/world.ts';

const databases = useDatabases();
/** Where functions are started: the Lambda API of this machine. */
const started: (string | undefined)[] = [];
const payloads: unknown[] = [];
const lambda = createServer(async (request, response) => {
  started.push(request.url?.split('/').at(-2));
  payloads.push(await json(request));
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
const run = async (name: string, payload: object, leftMs = 60_000): Promise<unknown> => {
  const { handler } = await import(new URL(`../../functions/${name}.ts`, import.meta.url).href);
  return handler(payload, lambdaContext(name, leftMs));
};
const actions = () => databases.read.collection(actionsCollection);

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

test('events are kept for ever unless a stage says for how long', async () => {
  await create();
  await relay(world());
  await eventRows(databases.write).updateMany({}, { $set: { published_at: new Date(0) } });
  vi.stubEnv('EVENT_RETENTION_DAYS', '0');
  vi.resetModules();
  let answer: unknown;
  const lines = await linesOf(async () => {
    answer = await run('reconcile', { source: 'aws.events' });
  });
  expect(answer).toMatchObject({ events_removed: 0, failed: 0 });
  // Nobody had projected it.
  expect(lines.find((line) => '_aws' in line)).toMatchObject({ Healed: 1 });
  vi.stubEnv('EVENT_RETENTION_DAYS', '2');
  vi.resetModules();
  expect(await eventRows(databases.write).countDocuments()).toBe(1);
});

test('reconcile is heard of, says how late the oldest event is, and is on record if an operator has asked for it', async () => {
  await actions().deleteMany({});
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
  expect(await actions().countDocuments()).toBe(0);
  await run('reconcile', {});
  expect(await actions().find().toArray()).toMatchObject([
    { kind: 'reconcile', target: 'all', by: 'sls invoke', state: 'done' },
  ]);
});

test('a rebuild of all goes on, by a call of its own, with the read model whose time was up; a dry run does not', async () => {
  const names = catalogue.readModels.map(({ projection }) => projection.name);
  const [first = '', second = ''] = names;
  // What would take more than one call takes more than this system has.
  const work = async ({ projection: { name } }: ReadModel) => {
    const counts = { scanned: 3, altered: 1, missing: 1, surplus: 2, failed: 0, written: 2, removed: 2 };
    return { projection: name, ...counts, duration_ms: 1, done: name !== second, begun_at: new Date() };
  };
  vi.doMock('../../lib/core/repair/rebuild.ts', async (original) => ({
    ...(await original<object>()),
    rebuild: work,
    measureDrift: work,
  }));
  onTestFinished(() => void vi.doUnmock('../../lib/core/repair/rebuild.ts'));
  await actions().deleteMany({});
  payloads.length = 0;
  let answer: unknown;
  const lines = await linesOf(async () => {
    answer = await run('rebuild', {});
  });
  const measured = lines.filter((line) => '_aws' in line);
  expect(measured.map(({ projection, Rebuilt }) => [projection, Rebuilt])).toEqual([
    [first, 4],
    [second, 4],
  ]);
  const both = [
    { projection: first, done: true },
    { projection: second, done: false },
  ];
  expect(answer).toMatchObject(both);
  const [all] = await actions().find().toArray();
  expect(all).toMatchObject({ kind: 'rebuild', target: 'all', state: 'running', done: 6, result: both });
  expect(await run('rebuild', { projection: second })).toMatchObject({ projection: second, done: false });
  expect(started.slice(-2)).toEqual(['rebuild', 'rebuild']);
  expect(payloads).toEqual([
    { from: second, action_id: String(all?._id) },
    { projection: second, action_id: expect.any(String) },
  ]);
  await run('rebuild', { dry_run: true });
  expect(payloads).toHaveLength(2);
  expect(await actions().findOne({ kind: 'dry_run' })).toMatchObject({ state: 'stopped' });
});

test('a replay whose time is up is gone on with from the same position', async () => {
  await create();
  await relay(world());
  payloads.length = 0;
  const [subscription = ''] = catalogue.subscribers.map(({ name }) => name);
  expect(await run('replay', { subscription, from: 1 }, 1_000)).toMatchObject({ done: false });
  expect(started.at(-1)).toBe('replay');
  expect(payloads).toEqual([{ subscription, from: 1, action_id: expect.any(String) }]);
});

test('a replay says how far it is of what is behind its position, and what took effect before', async () => {
  const { name: subscription } = stateStored().subscriber(databases.write, databases.read);
  for (let count = 0; count < 3; count += 1) await create();
  await relay(world());
  await run('replay', { subscription });
  await actions().deleteMany({});
  const lines = await linesOf(() => run('replay', { subscription, from: 2 }));
  const measured = lines.find((line) => '_aws' in line);
  expect(measured).toMatchObject({ Replayed: 0, Duplicates: 2, subscription });
  expect(measured).not.toHaveProperty('Failures');
  expect(await actions().find().toArray()).toMatchObject([
    { kind: 'replay', state: 'done', total: 2, done: 2, input: { subscription, from: 2 } },
  ]);
});

test('what reconcile cannot apply goes to the queue, which makes a dead letter of it, unless it is on its way already', async () => {
  const [{ collection = '' } = { collection: '' }] = stateStored()
    .readModels(databases.write, databases.read)
    .map(({ collection: { collectionName } }) => ({ collection: collectionName }));
  const { name } = stateStored().subscriber(databases.write, databases.read);
  await ensureQueues(createSqsClient(inject('sqsEndpoint'), 'eu-central-1'), {
    source: { name: `by-settings-${name}`, attributes: {} },
    deadLetters: { name: `by-settings-${name}-dlq`, attributes: {} },
    maxAttempts: 3,
  });
  const queue = await openQueue(inject('sqsEndpoint'), `by-settings-${name}`);
  await create();
  await relay(world());
  // Longer ago than a message is on its way for, and younger than what retention takes.
  const anHourAgo = new Date(Date.now() - 3_600_000);
  const refuse = (validator: object) => databases.read.command({ collMod: collection, validator });
  await refuse({ _id: 'nothing' });
  await eventRows(databases.write).updateMany({}, { $set: { published_at: anHourAgo } });
  try {
    expect(await run('reconcile', { source: 'aws.events' })).toMatchObject({ failed: 1 });
    expect(await queue.depth()).toBe(1);
    // As its consumer says of it when it fails there.
    const [row] = await eventRows(databases.write).find().toArray();
    const failure = { messageId: 'm', eventId: row?._id ?? '', body: '{}', attempts: 1, dead: false };
    await recordFailures(databases.read, name, [{ ...failure, error: new Error('refused') }]);
    expect(await run('reconcile', { source: 'aws.events' })).toMatchObject({ watched: 1, failed: 1 });
    expect(await queue.depth()).toBe(1);
    // It has been silent for longer than that since.
    await deadLetterRecords(databases.read).updateMany({}, { $set: { last_at: anHourAgo } });
    await actions().deleteMany({});
    await run('reconcile', {});
    expect(await queue.depth()).toBe(2);
    expect(await actions().findOne({ kind: 'reconcile' })).toMatchObject({ state: 'done', done: 1 });
    // Its queue of dead letters was purged.
    await deadLetterRecords(databases.read).updateMany({}, { $set: { dead: true } });
    await run('reconcile', { source: 'aws.events' });
    expect(await deadLetterRecords(databases.read).countDocuments()).toBe(0);
  } finally {
    await refuse({});
  }
});

test('reconcile stays where it is when a queue does not take what it cannot apply, and tries again', async () => {
  const [model] = stateStored().readModels(databases.write, databases.read);
  const { name } = stateStored().subscriber(databases.write, databases.read);
  let outcome: (ids: string[]) => SendOutcome = () => ({ refused: new Map() });
  vi.doMock('../../lib/platform/sqs/publisher.ts', () => ({
    sqsPublisher: {
      send: async (_: string, messages: OutgoingMessage[]) => outcome(messages.map(({ id }) => id)),
    },
  }));
  vi.resetModules();
  onTestFinished(async () => {
    vi.doUnmock('../../lib/platform/sqs/publisher.ts');
    vi.resetModules();
    await databases.read.command({ collMod: model?.collection.collectionName, validator: {} });
  });
  await create();
  await relay(world());
  await databases.read.command({ collMod: model?.collection.collectionName, validator: { _id: 'nothing' } });
  await eventRows(databases.write).updateMany({}, { $set: { published_at: new Date(0) } });
  const reconcile = () => run('reconcile', { source: 'aws.events' });
  outcome = ([id = '']) => ({ refused: new Map([[id, 'too long']]) });
  await expect(reconcile()).rejects.toThrow(`${name} does not take messages now`);
  outcome = (ids) => ({ refused: new Map(), unreachable: { ids: new Set(ids), reason: 'away' } });
  await expect(reconcile()).rejects.toThrow(`${name} does not take messages now`);
  outcome = () => ({ refused: new Map() });
  expect(await reconcile()).toMatchObject({ scanned: 1, failed: 1, done: true });
});

test('who puts parked events back wakes a relay that sleeps; who finds none wakes nobody', async () => {
  const redrive = (more: object = {}) => run('redrive', { subscription: 'relay', ...more });
  await create();
  await create();
  await relay(world(), {
    maxAttempts: 1,
    publisher: { send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'no'])) }) },
  });
  const fallAsleep = () =>
    databases.write
      .collection<{ _id: string }>('leases')
      .updateOne({ _id: relayLeaseName }, { $set: { awake_until: new Date(0) } });
  await fallAsleep();
  started.length = 0;
  const [one] = await eventRows(databases.write).find().toArray();
  expect(await redrive({ event_ids: [one?._id] })).toMatchObject({ redriven: 1, done: true });
  expect(started).toEqual(['any-relay']);
  expect(await eventRows(databases.write).find({ pending: true }).toArray()).toMatchObject([
    { _id: one?._id },
  ]);
  expect(await redrive()).toMatchObject({ redriven: 1, done: true });
  await fallAsleep();
  expect(await redrive()).toMatchObject({ redriven: 0 });
  expect(started).toHaveLength(1);
});
