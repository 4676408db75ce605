import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { entries } from '../support/entries.ts';
import { expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';
import type { Call } from '../support/test-domain.ts';

const system = useSystem();
const http = () => system().http;

const send = async ({ method, path, body }: Call): Promise<string> => {
  const answer = await http().call(method, path, { body, headers: { 'x-correlation-id': 'a-story' } });
  expect(answer.status, answer.text).toBeLessThan(300);
  const { id, key } = answer.object();
  return String(id ?? key);
};

const cases = entries.flatMap(({ http: { kinds } }) =>
  kinds.flatMap(({ history }, index) => {
    if (history === undefined) return [];
    const create = async (): Promise<string> => {
      const known = new Map<string, string>();
      for (const other of kinds.slice(0, index))
        if (other.history) known.set(other.name, await send(other.history.create(() => undefined)));
      return send(history.create((name) => known.get(name)));
    };
    return [[history.path('{id}'), history, create] as const];
  }),
);

describe.each(cases)('GET %s', (_, { path, change, shows }, create) => {
  test('tells each event in order, by pages, with who asked for it', async () => {
    const id = await create();
    await send(change(id));
    const all = (await http().get(path(id))).list();
    expect(all.map(({ type, data }) => [type, data])).toEqual(shows);
    expect(all.map(({ version }) => version)).toEqual([1, 2]);
    for (const event of all) {
      expect(Object.keys(event).toSorted()).toEqual([
        'correlation_id',
        'data',
        'recorded_at',
        'type',
        'version',
      ]);
      expect(event['recorded_at']).toEqual(expect.stringMatching(/Z$/));
      expect(event['correlation_id']).toBe('a-story');
    }
    const first = await http().get(`${path(id)}?limit=1`);
    expect(first.list()).toEqual(all.slice(0, 1));
    const next = /<([^>]+)>; rel="next"/.exec(first.header('link') ?? '')?.[1] ?? '';
    expect(next).toContain('after_version=1');
    const second = await http().get(next);
    expect(second.list()).toEqual(all.slice(1));
    expect(second.header('link')).toBeUndefined();
    expect((await http().get(`${path(id)}?after_version=2`)).list()).toEqual([]);
  });

  test('knows no history of what does not exist', async () => {
    expectProblem(await http().get(path(randomUUID())), 404);
    expectProblem(await http().get(`${path(randomUUID())}?limit=0`), 400);
  });
});
