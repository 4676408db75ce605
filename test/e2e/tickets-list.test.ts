import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import { listed, openTicket, type Written } from '../support/tickets.ts';
import { waitFor } from '../support/wait-for.ts';

const system = useSystem();
const tickets: Written[] = [];

const list = async (query = '') => (await system().http.get(`/tickets${query}`)).list();
const ids = (rows: readonly Record<string, unknown>[]) => rows.map((row) => row['id']);
const set = async (id: string, what: 'status' | 'note', body: Record<string, string>) => {
  const answer = await system().http.patch(`/tickets/${id}/${what}`, body);
  return listed(system().http, { id, version: Number(answer.object()['version']) });
};

beforeAll(async () => {
  for (let n = 1; n <= 25; n += 1) tickets.push(await openTicket(system().http, { subject: `Ticket ${n}` }));
  for (const ticket of tickets) await listed(system().http, ticket);
});

test('shows twenty by default, newest change first', async () => {
  const rows = await list();
  const newestFirst = tickets.map(({ id }) => id).toReversed();
  expect(ids(rows)).toEqual(newestFirst.slice(0, 20));
  const times = rows.map((row) => String(row['updated_at']));
  expect(times).toEqual(times.toSorted().toReversed());
});

test('has just the fields of the contract', async () => {
  const { id } = await openTicket(system().http, { subject: 'Fields', message: 'short  message\n here' });
  expect(await listed(system().http, { id, version: 1 })).toEqual({
    id,
    subject: 'Fields',
    status: 'open',
    updated_at: (await system().http.get(`/tickets/${id}`)).object()['updated_at'],
    preview: 'short message here',
    has_note: false,
    version: 1,
  });
});

test('keeps read documents of the shape that the contract names', async () => {
  const { id } = await openTicket(system().http);
  await listed(system().http, { id, version: 1 });
  const row = await system().read.collection<{ _id: string }>('ticket_views').findOne({ _id: id });
  const fields = ['subject', 'status', 'preview', 'has_note', 'version', 'schema_version', 'updated_at'];
  expect(Object.keys(row ?? {})).toEqual(expect.arrayContaining(fields));
  expect(row).not.toHaveProperty('message');
  expect(row).not.toHaveProperty('customer_id');
});

describe('the preview', () => {
  const previewOf = async (message: string) => {
    const ticket = await openTicket(system().http, { message });
    return (await listed(system().http, ticket))['preview'];
  };

  test('folds white space', async () => {
    expect(await previewOf('  one\t two\r\n\n three  ')).toBe('one two three');
  });

  test('is the whole message up to 80 characters', async () => {
    expect(await previewOf('x'.repeat(80))).toBe('x'.repeat(80));
  });

  test('is cut at a word, with an ellipsis', async () => {
    const preview = String(await previewOf('word '.repeat(40)));
    expect(preview).toMatch(/^(word )+word…$/);
    expect(preview.length).toBeLessThanOrEqual(81);
    expect(preview.length).toBeGreaterThan(70);
  });

  test('cuts a word that has no end, and never half a character', async () => {
    expect(String(await previewOf('y'.repeat(200)))).toMatch(/^y{79,80}…$/);
    const emoji = String(await previewOf('😀'.repeat(100)));
    expect(emoji).toMatch(/^(😀)+…$/u);
    expect(emoji.isWellFormed()).toBe(true);
  });
});

describe('filters', () => {
  test('show tickets of one status', async () => {
    const { id } = await openTicket(system().http);
    await set(id, 'status', { new_status: 'resolved' });
    const rows = await list('?status=resolved');
    expect(ids(rows)).toContain(id);
    expect(rows.every((row) => row['status'] === 'resolved')).toBe(true);
    expect(ids(await list('?status=open&limit=100'))).not.toContain(id);
  });

  test('show tickets with a note, or without', async () => {
    const { id } = await openTicket(system().http);
    await set(id, 'note', { note: 'seen' });
    expect(ids(await list('?has_note=true'))).toContain(id);
    const without = await list('?has_note=false&limit=100');
    expect(ids(without)).not.toContain(id);
    expect(without.every((row) => row['has_note'] === false)).toBe(true);
  });

  test('do not count white space as a note', async () => {
    const { id } = await openTicket(system().http);
    expect(await set(id, 'note', { note: ' \n ' })).toMatchObject({ has_note: false });
  });
});

describe('paging', () => {
  test('follows Link to the last page and shows every ticket once', async () => {
    const { write, read } = system();
    const all = await write.collection('tickets').countDocuments();
    // Those of other tests too, for which nobody has waited.
    await waitFor(
      'every ticket to be in the read model',
      async () => (await read.collection('ticket_views').countDocuments()) === all,
    );
    const seen: unknown[] = [];
    let next: string | undefined = '/tickets?limit=7';
    while (next) {
      const answer = await system().http.get(next);
      seen.push(...ids(answer.list()));
      expect(answer.list().length).toBe(Math.min(7, all - (seen.length - answer.list().length)));
      next = nextOf(answer.header('link'));
    }
    expect(seen.length).toBe(all);
    expect(new Set(seen).size).toBe(all);
  });

  test('keeps the filters in the link', async () => {
    const link = nextOf(
      (await system().http.get('/tickets?limit=2&status=open&has_note=false')).header('link'),
    );
    const asked = new URL(link ?? '', 'http://localhost').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      status: 'open',
      has_note: 'false',
      limit: '2',
      after: expect.any(String),
    });
  });

  test('has no link on the last page', async () => {
    const answer = await system().http.get('/tickets?limit=100');
    expect(answer.header('link') ?? '').not.toContain('rel="next"');
  });

  test('skips', async () => {
    expect(ids(await list('?limit=3&skip=2'))).toEqual(ids(await list('?limit=5')).slice(2));
    expect(await list('?skip=10000')).toEqual([]);
  });

  test('refuses more than the maximum', async () => {
    expectProblem(await system().http.get('/tickets?limit=101'), 400);
    expectProblem(await system().http.get('/tickets?skip=10001'), 400);
  });
});

const nextOf = (link: string | undefined): string | undefined => {
  const target = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, 'http://localhost');
  return pathname + search;
};
