// What is deployed, which is not what runs locally: functions as bundles, with a driver that lacks what nobody uses.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { fromRow } from '../../lib/core/events.ts';
import { toMessage } from '../../lib/core/relay/publish.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { bundle } from '../support/bundle.ts';
import { call, hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';

const databases = useDatabases();
let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(inject('runDir'), 'bundles-'));
  vi.stubEnv('WRITE_DB_URL', databases.writeUrl);
  vi.stubEnv('READ_DB_URL', databases.readUrl);
  vi.stubEnv('SQS_ENDPOINT', inject('sqsEndpoint'));
  vi.stubEnv('QUEUE_PREFIX', databases.write.databaseName);
  hushFunctions();
  const { client } = await import('../../lib/platform/sqs/client.ts');
  for (const name of catalogue.queueNames)
    await client().send(new CreateQueueCommand({ QueueName: `${databases.write.databaseName}-${name}` }));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const open = async <H>(entry: string): Promise<H> => {
  const file = join(home, `${entry.replaceAll('/', '-')}.mjs`);
  await bundle(entry, file);
  const { handler }: { handler: H } = await import(file);
  return handler;
};

type Invoke = (payload: unknown, context: Context) => Promise<unknown>;

test('a ticket goes its whole way through the functions as they are deployed', async () => {
  const ensureIndexes = await open<Invoke>('functions/ensure-indexes.ts');
  await ensureIndexes({}, lambdaContext('ensureIndexes'));

  const commands = await open<Parameters<typeof call>[0]>('functions/tickets/commands.ts');
  const body = { customer_id: 'c', subject: 'Fire', message: 'It burns.' };
  const headers = { 'idempotency-key': 'once' };
  const created = await call(commands, 'POST /tickets', {}, { body, headers });
  expect(created.status).toBe(201);
  const again = await call(commands, 'POST /tickets', {}, { body, headers });
  expect(again.body).toEqual(created.body);
  const id = String(created.body['id']);

  const relay = await open<Invoke>('functions/relay.ts');
  const ends = performance.now() + 2_000;
  const untilThen = { getRemainingTimeInMillis: () => ends - performance.now() };
  await expect(relay({}, { ...lambdaContext('relay'), ...untilThen })).resolves.toEqual({ published: 1 });

  const row = await eventRows(databases.write).findOne({ stream_id: `Ticket-${id}` });
  if (row === null) throw new Error('no event');
  const projector = await open<Invoke>('functions/tickets/projector.ts');
  const message = sqsEvent([toMessage(fromRow(row)).body]);
  await expect(projector(message, lambdaContext('projector'))).resolves.toEqual({ batchItemFailures: [] });

  const rebuild = await open<Invoke>('functions/rebuild.ts');
  const dryRun = await rebuild({ projection: 'tickets', dry_run: true }, lambdaContext('rebuild'));
  expect(dryRun).toMatchObject({ scanned: 1, written: 0, removed: 0, done: true });

  const queries = await open<Parameters<typeof call>[0]>('functions/tickets/queries.ts');
  const list = await call(queries, 'GET /tickets', {}, { query: { status: 'open' } });
  expect(list.body).toMatchObject([{ id, subject: 'Fire', version: 1 }]);
});
