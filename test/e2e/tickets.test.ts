import { describe, expect, test } from 'vitest';
import { badFields, expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import { listed, openTicket, ticketBody } from '../support/tickets.ts';

const system = useSystem();
const nobody = '00000000-0000-7000-8000-000000000000';
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('opening a ticket', () => {
  test('answers 201 with the id, version 1, Location and ETag', async () => {
    const answer = await system().http.post('/tickets', ticketBody);
    expect(answer.status).toBe(201);
    expect(answer.object()).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), version: 1 });
    expect(answer.header('location')).toBe(`/tickets/${answer.object()['id']}`);
    expect(answer.header('etag')).toMatch(/^"1-/);
    expect(answer.header('content-type')).toMatch(/^application\/json/);
  });

  test('keeps the ticket and its event in the write database', async () => {
    const { id } = await openTicket(system().http);
    const events = await system()
      .write.collection('events')
      .find({ stream_id: `Ticket-${id}` })
      .toArray();
    expect(events).toMatchObject([{ version: 1, type: 'TicketCreated', stream_type: 'Ticket' }]);
    const ticket = await system().write.collection<{ _id: string }>('tickets').findOne({ _id: id });
    expect(ticket).toMatchObject({ ...ticketBody, status: 'open', version: 1 });
  });

  test('names every bad field in one answer', async () => {
    const problem = expectProblem(await system().http.post('/tickets', { subject: 5, colour: 'red' }), 400);
    const fields = badFields(problem);
    expect(fields).toEqual(expect.arrayContaining(['customer_id', 'subject', 'message']));
    expect(fields.some((path) => path === '' || path === 'colour')).toBe(true);
  });
});

describe('the details of a ticket', () => {
  test('stand there at once, with just the fields of the contract', async () => {
    const { id } = await openTicket(system().http);
    const answer = await system().http.get(`/tickets/${id}`);
    expect(answer.status).toBe(200);
    const { agent_note, ...rest } = answer.object();
    expect(agent_note).toBeNull();
    expect(rest).toEqual({
      id,
      ...ticketBody,
      status: 'open',
      version: 1,
      created_at: instant,
      updated_at: instant,
    });
  });

  test('are a 404 if there is no such ticket', async () => {
    expectProblem(await system().http.get(`/tickets/${nobody}`), 404);
  });
});

describe.each(['PATCH', 'POST'])('the status by %s', (method) => {
  const setStatus = (id: string, new_status: string) =>
    system().http.call(method, `/tickets/${id}/status`, { body: { new_status } });

  test('goes through the four statuses, one version each', async () => {
    const { id } = await openTicket(system().http);
    for (const [index, status] of ['in_progress', 'resolved', 'open', 'closed'].entries()) {
      const answer = await setStatus(id, status);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.object()).toMatchObject({ id, version: index + 2 });
      expect(answer.header('etag')).toMatch(new RegExp(`^"${index + 2}-`));
      expect((await system().http.get(`/tickets/${id}`)).object()).toMatchObject({
        status,
        version: index + 2,
      });
    }
  });

  test('keeps the version if it is set to what it is', async () => {
    const { id } = await openTicket(system().http);
    const answer = await setStatus(id, 'open');
    expect(answer.status).toBe(200);
    expect(answer.object()).toMatchObject({ id, version: 1 });
    expect(answer.header('etag')).toMatch(/^"1-/);
    expect(
      await system()
        .write.collection('events')
        .countDocuments({ stream_id: `Ticket-${id}` }),
    ).toBe(1);
  });

  test('leaves a closed ticket closed', async () => {
    const { id } = await openTicket(system().http);
    await setStatus(id, 'closed');
    const problem = expectProblem(await setStatus(id, 'open'), 409);
    expect(problem['detail']).toContain('Closed tickets cannot be reopened');
    expect((await setStatus(id, 'closed')).object()).toMatchObject({ version: 2 });
  });

  test('is one of four words', async () => {
    const { id } = await openTicket(system().http);
    expect(badFields(expectProblem(await setStatus(id, 'reopened'), 400))).toEqual(['new_status']);
  });

  test('belongs to a ticket that exists', async () => {
    expectProblem(await setStatus(nobody, 'open'), 404);
  });
});

describe.each(['PATCH', 'POST'])('the note by %s', (method) => {
  const setNote = (id: string, note: string) =>
    system().http.call(method, `/tickets/${id}/note`, { body: { note } });

  test('replaces the one before, and an empty one clears it', async () => {
    const { id } = await openTicket(system().http);
    expect((await setNote(id, 'called back')).object()).toMatchObject({ id, version: 2 });
    expect((await setNote(id, 'sent a part')).header('etag')).toMatch(/^"3-/);
    expect((await system().http.get(`/tickets/${id}`)).object()['agent_note']).toBe('sent a part');
    expect(await listed(system().http, { id, version: 3 })).toMatchObject({ has_note: true });
    await setNote(id, '');
    expect((await system().http.get(`/tickets/${id}`)).object()['agent_note']).toBeNull();
    expect(await listed(system().http, { id, version: 4 })).toMatchObject({ has_note: false });
  });

  test('keeps the version if it says the same', async () => {
    const { id } = await openTicket(system().http);
    await setNote(id, 'called back');
    expect((await setNote(id, 'called back')).object()).toMatchObject({ version: 2 });
  });

  test('belongs to a ticket that exists', async () => {
    expectProblem(await setNote(nobody, 'called back'), 404);
  });
});

test('a ticket whose old events are gone has a history without them', async () => {
  const ticket = await openTicket(system().http);
  const { id } = ticket;
  // Only what has been published is ever removed.
  await listed(system().http, ticket);
  await system()
    .write.collection('events')
    .deleteMany({ stream_id: `Ticket-${id}` });
  expect((await system().http.get(`/tickets/${id}/history`)).list()).toEqual([]);
});

describe('correlation', () => {
  test('is taken from the caller, echoed and stored on the event', async () => {
    const answer = await system().http.post('/tickets', ticketBody, { 'x-correlation-id': 'order-77' });
    expect(answer.header('x-correlation-id')).toBe('order-77');
    const event = await system()
      .write.collection('events')
      .findOne({ stream_id: `Ticket-${answer.object()['id']}` });
    expect(event?.['metadata']).toMatchObject({ correlation_id: 'order-77' });
    expect(event?.['metadata'].causation_id).toBe(event?.['metadata'].command_id);
  });

  test('is made if the caller has none', async () => {
    const [first, second] = [await system().http.get('/tickets'), await system().http.get('/tickets')];
    expect(first.header('x-correlation-id')).toMatch(/./);
    expect(second.header('x-correlation-id')).not.toBe(first.header('x-correlation-id'));
  });

  test('is the same in the answer and on the event if it was made', async () => {
    const answer = await system().http.post('/tickets', ticketBody);
    const event = await system()
      .write.collection('events')
      .findOne({ stream_id: `Ticket-${answer.object()['id']}` });
    expect(event?.['metadata'].correlation_id).toBe(answer.header('x-correlation-id'));
  });

  test('comes from traceparent too, which is stored beside it', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    const answer = await system().http.post('/tickets', ticketBody, { traceparent });
    expect(answer.header('x-correlation-id')).toBe(trace);
    const event = await system()
      .write.collection('events')
      .findOne({ stream_id: `Ticket-${answer.object()['id']}` });
    expect(event?.['metadata']).toMatchObject({
      correlation_id: trace,
      traceparent: expect.stringContaining(trace),
    });
  });

  test('is on problems too, also on those of no route', async () => {
    const answer = await system().http.get('/nowhere', { 'x-correlation-id': 'lost-1' });
    expect(expectProblem(answer, 404)['correlation_id']).toBe('lost-1');
  });
});

describe('the gateway', () => {
  test('answers 404 to a path that nothing serves', async () => {
    for (const path of ['/', '/ticket', `/tickets/${nobody}/colour`]) {
      expectProblem(await system().http.get(path), 404);
    }
  });

  test('answers 404 or 405 to a method that nothing serves', async () => {
    const { id } = await openTicket(system().http);
    expectProblem(await system().http.call('DELETE', `/tickets/${id}`), [404, 405]);
    expectProblem(await system().http.call('PUT', '/tickets', { body: ticketBody }), [404, 405]);
    expectProblem(await system().http.get(`/tickets/${id}/status`), [404, 405]);
  });
});
