import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { badBodies } from '../support/bad-bodies.ts';
import type { CommandEndpoint } from '../support/endpoints.ts';
import { entries } from '../support/entries.ts';
import { creating, example } from '../support/example.ts';
import { badFields, expectProblem } from '../support/problem.ts';
import { useSystem } from '../support/system.ts';

const system = useSystem();
const commandEndpoints = entries.flatMap(({ http }) => http.commands);
const queryEndpoints = entries.flatMap(({ http }) => http.queries);
const json = { 'content-type': 'application/json' };
let written = 0;

const countEvents = () => system().write.collection('events').countDocuments();

/** Makes what `{id}` names, and gives the path. */
const fill = async (path: string, given: CommandEndpoint['given']): Promise<string> => {
  if (!given) return path;
  const answer = await system().http.post(given.path, given.body);
  return path.replace('{id}', String(answer.object()['id']));
};

/** Every row ends so: nothing written, the process alive and in good health. */
const leavesNothing = (): void => {
  beforeAll(async () => {
    written = await countEvents();
  });
  afterEach(async () => {
    const before = written;
    written = await countEvents();
    expect(written).toBe(before);
    expect(process.kill(system().state.pid, 0)).toBe(true);
    expect((await system().http.get('/health')).status).toBe(200);
  });
};

describe.each(commandEndpoints)('$method $path', (endpoint) => {
  const { method, body } = endpoint;
  let path = '';
  beforeAll(async () => {
    path = await fill(endpoint.path, endpoint.given);
  });
  leavesNothing();

  test.each(badBodies(endpoint))('refuses $what', async ({ bytes, contentType, status, field }) => {
    const headers: Record<string, string> =
      contentType === '' ? {} : { 'content-type': contentType ?? 'application/json' };
    const problem = expectProblem(await system().http.call(method, path, { body: bytes, headers }), status);
    if (field !== undefined) expect(badFields(problem).map((it) => it.split('.')[0])).toContain(field);
  });

  const unmatchable = [
    'W/"1"',
    '1',
    '"-1"',
    '"99999999999999999999"',
    '""',
    '"8", "9"',
    '"1" "2"',
    '"1.0"',
    '"abc"',
  ];
  test.each(unmatchable)('refuses If-Match %s', async (value) => {
    const answer = await system().http.call(method, path, { body, headers: { 'if-match': value } });
    expectProblem(answer, [400, 412]);
  });

  const badKeys = ['', ' ', 'x'.repeat(256), 'x'.repeat(10_240), 'a b', 'clé', 'a\tb'];
  test.each(badKeys.map((value) => [value.slice(0, 5), value.length, value] as const))(
    'refuses the Idempotency-Key «%s» of %i characters',
    async (_start, _length, value) => {
      const answer = await system().http.call(method, path, { body, headers: { 'idempotency-key': value } });
      expectProblem(answer, 400);
    },
  );

  test('refuses query parameters that it does not have', async () => {
    expectProblem(await system().http.call(method, `${path}?colour=red`, { body }), 400);
  });
});

const badIds = [
  '..%2f..%2fetc',
  '%2e%2e%2f',
  '%00',
  'a%00b',
  '%zz',
  '%ff',
  'x'.repeat(10_240),
  'not-an-id',
  '{"$gt":""}',
  '%24gt',
  '-1',
  '%20',
];
const withId = [
  ...commandEndpoints.map(({ method, path, body }) => ({ method, path, body })),
  ...queryEndpoints.map(({ path }) => ({ method: 'GET', path, body: undefined })),
].filter(({ path }) => path.includes('{id}'));

describe.each(withId)('$method $path', ({ method, path, body }) => {
  leavesNothing();

  test.each(badIds.map((id) => [id.slice(0, 20), id] as const))('refuses the id %s', async (_start, id) => {
    const target = path.replace('{id}', id.replaceAll('{', '%7B').replaceAll('"', '%22'));
    expectProblem(await system().http.call(method, target, { body }), [400, 404]);
  });
});

describe.each(queryEndpoints)(
  'GET $path',
  ({ path, given, numbers = {}, words = [], instants = [], searches = [] }) => {
    let base = '';
    beforeAll(async () => {
      base = await fill(path, given);
    });
    leavesNothing();

    const bad = [
      ...Object.entries(numbers).flatMap(([name, most]) =>
        ['-1', '1e9', 'abc', '', '1.5', '0x10', '%205', '١', `${most + 1}`, '9007199254740993'].map(
          (value) => `${name}=${value}`,
        ),
      ),
      ...Object.keys(numbers).map((name) => `${name}=1&${name}=2`),
      ...words.flatMap((name) => [
        `${name}=`,
        `${name}=nonsense`,
        `${name}=%00`,
        `${name}[$ne]=x`,
        `${name}=a&${name}=b`,
      ]),
      ...instants.flatMap((name) =>
        ['', 'yesterday', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '0'].map((it) => `${name}=${it}`),
      ),
      'colour=red',
      '%24where=1',
      '__proto__=1',
      'constructor=1',
      ...('limit' in numbers ? ['limit=0'] : []),
    ].map((query) => encodeURI(query).replaceAll('%25', '%'));
    test.each(bad)('refuses ?%s', async (query) => {
      expectProblem(await system().http.get(`${base}?${query}`), 400);
    });

    const strange = ['(a%2B)%2B%24', '.*', '%5B', '%5C', 'x'.repeat(5000), '%7B%22%24gt%22%3A%22%22%7D'];
    test.each(searches.flatMap((name) => strange.map((text) => `${name}=${text}`)))(
      'survives ?%.40s',
      async (query) => {
        const answer = await system().http.get(`${base}?${query}`);
        if (answer.status !== 200) expectProblem(answer, 400);
      },
    );
  },
);

describe('a correlation id', () => {
  leavesNothing();
  const strange = ['x'.repeat(10_000), '', '<script>', 'a b', 'é', '"', '{{7*7}}'];

  test.each(strange.map((value) => [value.slice(0, 20), value] as const))(
    'as strange as «%s» does no harm',
    async (_start, value) => {
      const answer = await system().http.get('/health', { 'x-correlation-id': value });
      if (answer.status !== 200) expectProblem(answer, 400);
      expect(answer.header('x-correlation-id')).toMatch(/^[\x21-\x7e]{1,255}$/);
    },
  );

  test.each([
    ['a line break', '\r\n'],
    ['a line feed', '\n'],
    ['a carriage return', '\r'],
  ])('with %s adds no header to the answer', async (_what, lineBreak) => {
    const head = `GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-correlation-id: a${lineBreak}x-evil: 1`;
    const answer = await system().http.raw(`${head}\r\n\r\n`);
    if (answer.status !== 200) expectProblem(answer, 400);
    expect(answer.header('x-evil')).toBeUndefined();
  });
});

describe('a direct invoke', () => {
  leavesNothing();
  const gateway = (method: string, path: string, rest: object) => ({
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: json,
    requestContext: { http: { method, path }, requestId: 'r-1' },
    isBase64Encoded: false,
    ...rest,
  });

  const { commands, queries } = example.functions;

  test.each([commands, queries])('of %s with {} answers an error that is no crash', async (name) => {
    expect(await system().invoke(name, {})).toMatchObject({
      statusCode: expect.toSatisfy((it) => it >= 400 && it < 500),
    });
  });

  test('with bad base64 is malformed', async () => {
    const { method, path } = await creating(system().http);
    written = await countEvents();
    const event = gateway(method, path, { body: '***', isBase64Encoded: true });
    expect(await system().invoke(commands, event)).toMatchObject({ statusCode: 400 });
  });

  test('with a line break in the correlation id answers none', async () => {
    const headers = { ...json, 'x-correlation-id': 'a\r\nset-cookie: evil=1' };
    const answer = await system().invoke(queries, gateway('GET', '/', { headers }));
    expect(answer).toMatchObject({
      headers: expect.not.objectContaining({ 'set-cookie': expect.anything() }),
    });
    expect(JSON.stringify(answer)).not.toMatch(/a\\r\\nset-cookie/);
  });
});
