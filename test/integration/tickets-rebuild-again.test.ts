import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const calls: { url: string | undefined; payload: unknown }[] = [];
// Where the function calls itself: the Lambda API of this machine.
const lambda = createServer(async (request, response) => {
  calls.push({ url: request.url, payload: await json(request) });
  response.writeHead(202).end();
});

beforeAll(() => new Promise<void>((resolve) => void lambda.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => lambda.close(resolve)));

const handlerOf = async () => {
  process.env['LAMBDA_PORT'] = String((lambda.address() as AddressInfo).port);
  process.env['IS_OFFLINE'] = 'true';
  process.env['WRITE_DB_URL'] = databases.writeUrl;
  process.env['READ_DB_URL'] = databases.readUrl;
  return (await import('../../functions/rebuild.ts')).handler;
};

const context = (leftMs: number) =>
  ({
    functionName: 'tandem-dev-rebuild',
    awsRequestId: 'r',
    getRemainingTimeInMillis: () => leftMs,
  }) as Partial<Context> as Context;

test('a rebuild whose time runs out calls itself for the rest, and the next run goes on', async () => {
  const handler = await handlerOf();
  const now = new Date();
  const ticket = { customer_id: 'c', subject: 's', message: 'm', status: 'open', agent_note: '', version: 1 };
  const documents = Array.from({ length: 5_000 }, (_, n) => ({
    ...ticket,
    _id: `t-${String(n).padStart(5, '0')}`,
    created_at: now,
    updated_at: now,
  }));
  await databases.write.collection<{ _id: string }>('tickets').insertMany(documents);
  const first = await handler({ projection: 'tickets' }, context(1_500));
  expect(first).toMatchObject({ done: false });
  const url = '/2015-03-31/functions/tandem-dev-rebuild/invocations';
  expect(calls).toEqual([{ url, payload: { projection: 'tickets', action_id: expect.any(String) } }]);
  const second = await handler(calls[0]?.payload, context(60_000));
  expect(second).toMatchObject({ scanned: 5_000, missing: 5_000, written: 5_000, done: true });
  expect(calls).toHaveLength(1);
  expect(await databases.read.collection('ticket_views').countDocuments()).toBe(5_000);
});

test('a rebuild of all whose time runs out goes on with the read model that it was at, not with the first', async () => {
  const handler = await handlerOf();
  const [first, ...others] = catalogue.readModels.map(({ projection }) => projection.name);
  calls.length = 0;
  await handler({}, context(1_500));
  expect(calls).toMatchObject([{ payload: { from: first } }]);
  const last = others.at(-1);
  expect(await handler({ from: last }, context(60_000))).toMatchObject([{ projection: last, done: true }]);
});
