// A session by a generated client. It is not part of this project's own types: see run.sh.
import { strict as assert } from 'node:assert';
// biome-ignore lint/correctness/noUndeclaredDependencies: run.sh copies this file to where it is.
import createClient from 'openapi-fetch';
import type { paths } from './openapi.mts';

const client = createClient<paths>({
  baseUrl: process.env['BASE_URL'] ?? '',
  headers: { authorization: `Bearer ${process.env['OPS_TOKEN']}` },
});

const opened = await client.POST('/tickets', {
  body: { customer_id: 'c-1', subject: 'Printer', message: 'It burns.' },
});
assert.ok(opened.data, JSON.stringify(opened.error));
const { id, version } = opened.data;

const changed = await client.PATCH('/tickets/{id}/status', {
  params: { path: { id }, header: { 'If-Match': opened.response.headers.get('etag') ?? '' } },
  body: { new_status: 'closed' },
});
assert.equal(changed.data?.version, version + 1);

const refused = await client.PATCH('/tickets/{id}/status', {
  params: { path: { id } },
  body: { new_status: 'open' },
});
assert.equal(refused.error?.status, 409);
assert.equal(refused.error?.detail, 'Closed tickets cannot be reopened');

const wrong = await client.PATCH('/tickets/{id}/status', {
  params: { path: { id } },
  // @ts-expect-error There is no such status.
  body: { new_status: 'burnt' },
});
assert.equal(wrong.error?.errors?.[0]?.path, 'new_status');

const listed = await client.GET('/tickets', {
  params: { query: { consistent_with: `${id}@${version + 1}`, timeout_ms: 5_000, limit: 1 } },
});
assert.equal(listed.data?.[0]?.status, 'closed');
assert.equal(listed.data[0].id, id);

const log = await client.GET('/ops/events', { params: { query: { stream_id: `Ticket-${id}` } } });
assert.deepEqual(
  log.data?.items.map(({ type }) => type),
  ['TicketCreated', 'TicketStatusChanged'],
);

const mended = await client.POST('/ops/aggregates/{stream_id}/mend', {
  params: { path: { stream_id: `Ticket-${id}` } },
});
assert.equal(mended.data?.mended, 0);
