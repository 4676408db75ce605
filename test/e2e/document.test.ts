// Every operation of the OpenAPI document, asked in each way that has an answer of its own. The client holds the answers
// against the document.

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DescribedOperation, readOperations } from '../support/document.ts';
import { useOwnSystem } from '../support/system.ts';

const token = { authorization: 'Bearer swept' };
const system = useOwnSystem({ env: { OPS_TOKEN: 'swept' } });

const operations = readOperations();
const having = (status: number) => operations.filter(({ statuses }) => statuses.includes(String(status)));

const ids: Record<string, string> = {};

/** What the document itself gives for an example. */
const bodyOf = ({ method, template, example }: DescribedOperation): object | undefined =>
  method === 'POST' && template === '/products' ? { ...example, supplier_id: ids['suppliers'] } : example;

const find = (method: string, template: string): DescribedOperation => {
  const found = operations.find((one) => one.method === method && one.template === template);
  if (found === undefined) throw new Error(`the document has no ${method} ${template}`);
  return found;
};

const queryOf = ({ method, template }: DescribedOperation): string => {
  if (template === '/orders/search') return '?q=bonn';
  return method === 'DELETE' && template === '/orders/{id}' ? '?reason=late' : '';
};

/** The path with what was made before, or with something that is not there. */
const pathOf = ({ template }: DescribedOperation, { isKnown = true } = {}): string =>
  template.replace(/\{(\w+)\}/, (_, name: string) => {
    if (!isKnown) return name === 'stream_id' ? `Ticket-${randomUUID()}` : randomUUID();
    const made = template.slice(1, template.indexOf('/{'));
    return ids[made] ?? 'greeting';
  });

const ask = (
  operation: DescribedOperation,
  headers: Record<string, string> = {},
  more: { isKnown?: boolean } = {},
) =>
  system().http.call(operation.method, pathOf(operation, more) + queryOf(operation), {
    body: bodyOf(operation),
    headers: { ...token, ...headers },
  });

const make = async (made: string): Promise<void> => {
  const answer = await ask(find('POST', `/${made}`));
  ids[made] = String(answer.object()['id']);
};

/** What takes a failure, or a moment, to be there. */
const putBeside = async (): Promise<void> => {
  const at = new Date();
  const name = 'tickets-projector/swept';
  ids['dead-letters'] = Buffer.from(name).toString('base64url');
  const letter = { subscription: 'tickets-projector', message_id: 'm', event_id: 'swept', fingerprint: 'f' };
  const failed = {
    error: { name: 'Error', message: 'no' },
    first_at: at,
    last_at: at,
    attempts: 5,
    dead: true,
  };
  const action = { target: 'tickets', input: {}, by: 'anyone', requested_at: at, heard_at: at, done: 0 };
  const { read } = system();
  const letters = read.collection<{ _id: string }>('dead_letters');
  await letters.insertOne({ _id: name, ...letter, ...failed, replays: 0, body: '{}' } as { _id: string });
  const actions = ['rebuild', 'replay'].flatMap((kind) =>
    ['running', 'done'].map((state) => ({ _id: `${kind}-${state}`, kind, state, ...action })),
  );
  await read.collection<{ _id: string }>('operator_actions').insertMany(actions);
};

const title = '$method $template';

beforeAll(async () => {
  for (const made of ['suppliers', 'products', 'tickets', 'orders', 'baseline/tickets', 'baseline/products'])
    await make(made);
  await make('ops/rebuilds');
  await make('ops/replays');
  ids['ops/actions'] = ids['ops/rebuilds'] ?? '';
  ids['ops/aggregates'] = `Ticket-${ids['tickets']}`;
  ids['ops/traces'] = 'swept-trace';
  const { http } = system();
  await http.post('/write', find('POST', '/write').example, {
    'x-correlation-id': 'swept-trace',
    'idempotency-key': 'swept',
  });
  const { items } = (await http.get('/ops/events?correlation_id=swept-trace', token)).object() as {
    items: { event_id: string }[];
  };
  ids['ops/events'] = items[0]?.event_id ?? '';
  await putBeside();
  for (const made of ['suppliers', 'products', 'orders'])
    await http.get(`/${made}/${ids[made]}?expected_version=1&timeout_ms=5000`);
  await http.get('/read/greeting?expected_version=1&timeout_ms=5000');
});

describe('answers as documented', () => {
  test.each(having(405))(`to another method: ${title}`, async (operation) => {
    expect((await system().http.call('PUT', pathOf(operation), { headers: token })).status).toBe(405);
  });

  test.each(having(400))(`to a parameter that nobody knows: ${title}`, async (operation) => {
    const answer = await system().http.call(operation.method, `${pathOf(operation)}?nonsense=1`, {
      headers: token,
      body: bodyOf(operation),
    });
    expect(answer.status).toBe(400);
  });

  test.each(having(404).filter(({ template }) => template.includes('{')))(
    `of what is not there: ${title}`,
    async (operation) => {
      expect((await ask(operation, {}, { isKnown: false })).status).toBe(404);
    },
  );

  test.each(having(401))(`to who has no token: ${title}`, async (operation) => {
    expect((await ask(operation, { authorization: '' })).status).toBe(401);
  });

  test.each(having(413))(`to too much: ${title}`, async (operation) => {
    const body = 'x'.repeat(140_000);
    const headers = { ...token, 'content-type': 'application/json' };
    const path = pathOf(operation) + queryOf(operation);
    expect((await system().http.call(operation.method, path, { headers, body })).status).toBe(413);
  });

  test.each(having(415))(`to what is no JSON: ${title}`, async (operation) => {
    const headers = { ...token, 'content-type': 'text/plain' };
    const path = pathOf(operation) + queryOf(operation);
    expect((await system().http.call(operation.method, path, { headers, body: 'x' })).status).toBe(415);
  });

  test.each(having(412))(`to a version that does not hold: ${title}`, async (operation) => {
    expect((await ask(operation, { 'if-match': '"999-x"' })).status).toBe(412);
  });

  test.each(having(422))(`to a key of another request: ${title}`, async (operation) => {
    const own = operation.template === '/write' || operation.template.endsWith('/views');
    if (own) await ask(find('POST', '/suppliers'), { 'idempotency-key': 'other' });
    expect((await ask(operation, { 'idempotency-key': own ? 'other' : 'swept' })).status).toBe(422);
  });

  test.each(having(304))(`to who has it already: ${title}`, async (operation) => {
    expect((await ask(operation, { 'if-none-match': '*' })).status).toBe(304);
  });

  test.each([
    ['rebuilds', 'rebuild-running', 202],
    ['rebuilds', 'rebuild-done', 409],
    ['replays', 'replay-running', 202],
    ['replays', 'replay-done', 409],
  ])('to who stops one of the %s: %s', async (made, id, status) => {
    const answer = await system().http.call('DELETE', `/ops/${made}/${id}`, { headers: token });
    expect(answer.status).toBe(status);
  });

  test.each(operations.filter(({ method }) => method !== 'DELETE'))(
    `to what is right: ${title}`,
    async (operation) => {
      expect((await ask(operation)).status).toBeLessThan(300);
    },
  );
});
