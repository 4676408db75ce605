import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import { listed, openTicket, ticketBody } from '../support/tickets.ts';

const system = useSystem();
const stale = '110 - "Response is Stale"';

const eventsOf = (id: unknown) =>
  system()
    .write.collection('events')
    .find({ stream_id: `Ticket-${id}` })
    .sort({ version: 1 })
    .toArray();
const countEvents = () => system().write.collection('events').countDocuments();
const details = async (id: string) => (await system().http.get(`/tickets/${id}`)).object();
const setStatus = (id: string, new_status: string, headers: Record<string, string> = {}) =>
  system().http.patch(`/tickets/${id}/status`, { new_status }, headers);
const setNote = (id: string, note: string, headers: Record<string, string> = {}) =>
  system().http.patch(`/tickets/${id}/note`, { note }, headers);
const key = () => ({ 'idempotency-key': randomUUID() });

describe('a command with an Idempotency-Key', () => {
  test('opens one ticket, and says so to the retry', async () => {
    const headers = key();
    const first = await system().http.post('/tickets', ticketBody, headers);
    const retry = await system().http.post('/tickets', ticketBody, headers);
    expect(first.header('idempotency-replayed')).toBeUndefined();
    expect(retry.header('idempotency-replayed')).toBe('true');
    expect([retry.status, retry.object()]).toEqual([201, first.object()]);
    expect(retry.header('location')).toBe(first.header('location'));
    expect(retry.header('etag')).toMatch(/^"1-/);
    expect(await eventsOf(first.object()['id'])).toHaveLength(1);
  });

  test('opens one ticket when ten retries race', async () => {
    const headers = key();
    const before = await countEvents();
    const calls = Array.from({ length: 10 }, () => system().http.post('/tickets', ticketBody, headers));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map((it) => `${it.status} ${it.text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter((it) => it.header('idempotency-replayed') !== 'true')).toHaveLength(1);
    expect(await countEvents()).toBe(before + 1);
  });

  test('changes a ticket once, and gives the first answer after later changes', async () => {
    const { id } = await openTicket(system().http);
    const headers = key();
    await setNote(id, 'first', headers);
    await setNote(id, 'second');
    const retry = await setNote(id, 'first', headers);
    expect([retry.status, retry.object()]).toMatchObject([200, { id, version: 2 }]);
    expect(retry.header('idempotency-replayed')).toBe('true');
    expect(retry.header('etag')).toMatch(/^"2-/);
    expect(await details(id)).toMatchObject({ agent_note: 'second', version: 3 });
  });

  test('changes a ticket once when ten retries race', async () => {
    const { id } = await openTicket(system().http);
    const headers = key();
    const answers = await Promise.all(Array.from({ length: 10 }, () => setNote(id, 'once', headers)));
    for (const answer of answers)
      expect([answer.status, answer.object()]).toMatchObject([200, { version: 2 }]);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  test('has no effect later on if it had none at first', async () => {
    const { id } = await openTicket(system().http);
    const headers = key();
    expect((await setStatus(id, 'open', headers)).object()).toMatchObject({ version: 1 });
    await setStatus(id, 'in_progress');
    const retry = await setStatus(id, 'open', headers);
    expect([retry.status, retry.object()]).toMatchObject([200, { id, version: 1 }]);
    expect(retry.header('idempotency-replayed')).toBe('true');
    expect(await details(id)).toMatchObject({ status: 'in_progress', version: 2 });
  });

  test('is refused with another body', async () => {
    const headers = key();
    await system().http.post('/tickets', ticketBody, headers);
    const before = await countEvents();
    expectProblem(await system().http.post('/tickets', { ...ticketBody, subject: 'Another' }, headers), 422);
    const { id } = await openTicket(system().http);
    const again = key();
    await setNote(id, 'first', again);
    expectProblem(await setNote(id, 'other', again), 422);
    const conditional = { note: 'first', expected_version: 2 };
    expectProblem(await system().http.patch(`/tickets/${id}/note`, conditional, again), 422);
    expect(await countEvents()).toBe(before + 2);
  });

  test('is refused with another body when the two race', async () => {
    const headers = key();
    const before = await countEvents();
    const bodies = ['A', 'B', 'C', 'D'].map((subject) => ({ ...ticketBody, subject }));
    const answers = await Promise.all(bodies.map((body) => system().http.post('/tickets', body, headers)));
    expect(answers.map((it) => it.status).toSorted()).toEqual([201, 422, 422, 422]);
    expect(await countEvents()).toBe(before + 1);
  });

  test('may be tried again after a refusal that wrote nothing', async () => {
    const { id } = await openTicket(system().http);
    const headers = { ...key(), 'if-match': '"9"' };
    expectProblem(await setNote(id, 'late', headers), 412);
    const retry = await setNote(id, 'late', { ...headers, 'if-match': '"1"' });
    expect([retry.status, retry.object()]).toMatchObject([200, { version: 2 }]);
  });
});

describe('a command with If-Match', () => {
  test('succeeds at that version alone', async () => {
    const { id } = await openTicket(system().http);
    expect((await setNote(id, 'one', { 'if-match': '"1"' })).status).toBe(200);
    expectProblem(await setNote(id, 'two', { 'if-match': '"1"' }), 412);
    expect((await setNote(id, 'two', { 'if-match': '"2"' })).object()).toMatchObject({ version: 3 });
    expect(await details(id)).toMatchObject({ agent_note: 'two' });
  });

  test('is refused at another version also if it changes nothing', async () => {
    const { id } = await openTicket(system().http);
    expectProblem(await setStatus(id, 'open', { 'if-match': '"7"' }), 412);
  });

  test('lets one of two rivals through', async () => {
    const { id } = await openTicket(system().http);
    for (let version = 1; version <= 10; version += 1) {
      const rivals = ['a', 'b'].map((who) => setNote(id, `${who}${version}`, { 'if-match': `"${version}"` }));
      const statuses = (await Promise.all(rivals)).map((it) => it.status);
      expect(statuses.toSorted()).toEqual([200, 412]);
    }
  });
});

test('thirty writers on one ticket leave versions without a gap, and no update is lost', async () => {
  const { id } = await openTicket(system().http);
  const writers = Array.from({ length: 30 }, (_, n) => setNote(id, `writer ${n}`));
  const answers = await Promise.all(writers);
  const done = answers.filter((it) => it.status === 200);
  for (const answer of answers.filter((it) => it.status !== 200)) expectProblem(answer, 409);
  const versions = done.map((it) => Number(it.object()['version'])).toSorted((a, b) => a - b);
  expect(versions).toEqual(done.map((_, index) => index + 2));
  expect((await eventsOf(id)).map((event) => event['version'])).toEqual([1, ...versions]);
  expect(done.length).toBeGreaterThanOrEqual(10);
  const last = done.length + 1;
  expect(await details(id)).toMatchObject({ version: last });
  expect(await listed(system().http, { id, version: last })).toMatchObject({ version: last, has_note: true });
});

describe('reading what one has written', () => {
  test('shows a new ticket in the very next list', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await openTicket(system().http);
      const answer = await system().http.get(`/tickets?consistent_with=${id}@1&timeout_ms=5000`);
      expect(answer.list()[0]).toMatchObject({ id, version: 1 });
      expect(answer.header('warning')).toBeUndefined();
    }
  });

  test('shows a change in the very next list', async () => {
    const { id } = await openTicket(system().http);
    for (const [index, status] of ['in_progress', 'resolved', 'open'].entries()) {
      await setStatus(id, status);
      const answer = await system().http.get(`/tickets?consistent_with=${id}@${index + 2}&timeout_ms=5000`);
      expect(answer.list().find((row) => row['id'] === id)).toMatchObject({ status, version: index + 2 });
    }
  });

  test('answers with what there is, and a warning, past the timeout', async () => {
    const ticket = await openTicket(system().http);
    await listed(system().http, ticket);
    const answer = await system().http.get(`/tickets?consistent_with=${ticket.id}@99&timeout_ms=50`);
    expect(answer.status).toBe(200);
    expect(answer.header('warning')).toBe(stale);
    expect(answer.list().map((row) => row['id'])).toContain(ticket.id);
  });

  test('takes an expected version of the details too', async () => {
    const { id } = await openTicket(system().http);
    const reached = await system().http.get(`/tickets/${id}?expected_version=1`);
    expect([reached.status, reached.header('warning')]).toEqual([200, undefined]);
    expect(reached.object()).not.toHaveProperty('_warning');
    const ahead = await system().http.get(`/tickets/${id}?expected_version=9&timeout_ms=20`);
    expect([ahead.status, ahead.header('warning')]).toEqual([200, stale]);
    expect(ahead.object()).toMatchObject({ id, version: 1, _warning: 'Data may be stale' });
    const missing = await system().http.get(`/tickets/${randomUUID()}?expected_version=1&timeout_ms=20`);
    expectProblem(missing, 404);
    expect(missing.header('retry-after')).toMatch(/^\d+$/);
  });

  test('takes a timeout of five seconds at most', async () => {
    const { id } = await openTicket(system().http);
    expectProblem(await system().http.get(`/tickets?consistent_with=${id}@1&timeout_ms=5001`), 400);
    expectProblem(await system().http.get(`/tickets?consistent_with=${id}`), 400);
  });
});
