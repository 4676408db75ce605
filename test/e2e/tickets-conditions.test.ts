// What HTTP itself promises: ETags, conditions, methods, and one answer for everything that is wrong.
import { describe, expect, test } from 'vitest';
import { badFields, expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import { listed, openTicket, ticketBody } from '../support/tickets.ts';

const system = useSystem();
const http = () => system().http;

describe('an ETag', () => {
  test('of a document is the same until the document changes, and then needs no second answer', async () => {
    const { id } = await openTicket(http());
    const first = await http().get(`/tickets/${id}`);
    const etag = first.header('etag') ?? '';
    expect(etag).toMatch(/^"1-/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await http().get(`/tickets/${id}`, { 'if-none-match': known });
      expect([again.status, again.text, again.header('etag')]).toEqual([304, '', etag]);
      expect(again.header('x-correlation-id')).toBeDefined();
    }
    await http().patch(`/tickets/${id}/note`, { note: 'changed' });
    const changed = await http().get(`/tickets/${id}`, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.header('etag')).toMatch(/^"2-/);
  });

  test('of a list follows its rows', async () => {
    await listed(http(), await openTicket(http()));
    const etag = (await http().get('/tickets?limit=1')).header('etag') ?? '';
    expect((await http().get('/tickets?limit=1', { 'if-none-match': etag })).status).toBe(304);
    await listed(http(), await openTicket(http()));
    expect((await http().get('/tickets?limit=1', { 'if-none-match': etag })).status).toBe(200);
  });

  test('is not given to an answer that is older than was asked for', async () => {
    const { id } = await openTicket(http());
    const etag = (await http().get(`/tickets/${id}`)).header('etag') ?? '';
    const path = `/tickets/${id}?expected_version=9&timeout_ms=0`;
    const stale = await http().get(path, { 'if-none-match': etag });
    expect([stale.status, stale.header('etag')]).toEqual([200, undefined]);
    expect(stale.object()).toMatchObject({ version: 1, _warning: 'Data may be stale' });
  });
});

describe('If-Match', () => {
  test('takes every ETag that was given, a list of them, and *', async () => {
    const { id } = await openTicket(http());
    const note = (text: string, header: string) =>
      http().patch(`/tickets/${id}/note`, { note: text }, { 'if-match': header });
    const read = (await http().get(`/tickets/${id}`)).header('etag') ?? '';
    const written = await note('a', read);
    expect(written.object()).toMatchObject({ id, version: 2, command_id: expect.any(String) });
    expect((await note('b', `"0", ${written.header('etag')}`)).object()).toMatchObject({ version: 3 });
    expect((await note('c', '*')).object()).toMatchObject({ version: 4 });
    expectProblem(await note('d', read), 412);
    expectProblem(await note('d', 'W/"4"'), 412);
    expectProblem(await note('d', '4'), 400);
    expectProblem(await http().post('/tickets', ticketBody, { 'if-match': '*' }), 412);
  });

  test('and expected_version must both hold', async () => {
    const { id } = await openTicket(http());
    const note = (expected_version: number) =>
      http().patch(`/tickets/${id}/note`, { note: 'x', expected_version }, { 'if-match': '"1", "2"' });
    expectProblem(await note(3), 412);
    expect((await note(1)).object()).toMatchObject({ version: 2 });
  });
});

test('one answer names every bad field of path, query, headers and body', async () => {
  const path = '/tickets/none/status?bad=1&expected_version=x';
  const headers = { 'idempotency-key': 'a b', 'if-match': '3', 'x-correlation-id': 'a b' };
  const answer = await http().patch(path, { new_status: 'lost', surplus: 1 }, headers);
  const fields = badFields(expectProblem(answer, 400)).toSorted();
  expect(fields).toEqual([
    'Idempotency-Key',
    'If-Match',
    'X-Correlation-Id',
    'bad',
    'expected_version',
    'id',
    'new_status',
    'surplus',
  ]);
});

test.each(['status=lost&limit=x&timeout_ms=-1&consistent_with=a@1&other=1'])(
  'a list names them too: %s',
  async (query) => {
    const fields = badFields(expectProblem(await http().get(`/tickets?${query}`), 400)).toSorted();
    expect(fields).toEqual(['consistent_with', 'limit', 'other', 'status', 'timeout_ms']);
  },
);

test.each([
  ['PUT', '/tickets', 'GET, POST'],
  ['HEAD', '/tickets', 'GET, POST'],
  ['DELETE', '/tickets/7', 'GET'],
])('%s %s is refused with what the path takes', async (method, path, allow) => {
  const answer = await http().call(method, path);
  expect([answer.status, answer.header('allow')]).toEqual([405, allow]);
});
