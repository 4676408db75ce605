import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DescribedRoute, describedRoutes, openApiOf } from '../../lib/deploy/documents/openapi.ts';
import { isObject, type Json } from '../support/answer.ts';
import { exampleEntry } from '../support/entries.ts';
import { readOperatorRoutes, readServerlessFile } from '../support/serverless-file.ts';

const { functions } = readServerlessFile();
let routes: Record<string, DescribedRoute> = {};
/** The routes whose values say that they are for operators. */
const forOperators: string[] = [];
let document: Json = {};

const at = (...path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);

beforeAll(async () => {
  for (const { handler } of Object.values(functions)) {
    const file = `${handler.slice(0, handler.lastIndexOf('.'))}.ts`;
    const { routes: table = {} } = await import(pathToFileURL(resolve(file)).href);
    routes = { ...routes, ...describedRoutes(table, { tag: 'all', open: ['GET /health'] }) };
    for (const [route, value] of Object.entries(table))
      if (isObject(value) && value['operators'] === true) forOperators.push(route);
  }
  document = openApiOf(routes);
  listed = Object.keys(routes).find(isList)?.slice('GET '.length) ?? '';
}, 60_000);

const names = (value: unknown): string[] =>
  isObject(value)
    ? [...Object.keys(value), ...Object.values(value).flatMap(names)]
    : Array.isArray(value)
      ? value.flatMap(names)
      : [];

/** Each property of each schema, by its name. */
const properties = (value: unknown): [string, unknown][] => {
  if (Array.isArray(value)) return value.flatMap(properties);
  if (!isObject(value)) return [];
  const own = isObject(value['properties']) ? Object.entries(value['properties']) : [];
  return [...own, ...Object.values(value).flatMap(properties)];
};

const [creatingCommand = { path: '', body: {} }] = exampleEntry.http.commands;
let listed = '';

const isList = (route: string): boolean =>
  route.startsWith('GET ') &&
  !forOperators.includes(route) &&
  JSON.stringify(at('paths', route.slice('GET '.length), 'get', 'parameters')).includes('"name":"limit"');

describe('the OpenAPI document', () => {
  test('has every route, with what it takes and answers', () => {
    expect(Object.keys(routes).length).toBeGreaterThan(30);
    for (const key of Object.keys(routes)) {
      const [method = '', path = ''] = key.replace('+}', '}').split(' ');
      const responses = at('paths', path, method.toLowerCase(), 'responses');
      expect(isObject(responses) ? Object.keys(responses) : [], key).toEqual(
        expect.arrayContaining(['400', '503']),
      );
    }
  });

  test('says what another method, and a caller without the token, is told', () => {
    const headers = (path: string, status: string) =>
      at('paths', path, 'get', 'responses', status, 'headers');
    expect(headers('/health', '405')).toHaveProperty('Allow');
    expect(headers('/metrics', '401')).toHaveProperty('WWW-Authenticate');
    expect(headers('/metrics', '503')).toHaveProperty('Retry-After');
  });

  test('gives each operation a name of its own', () => {
    const paths = Object.values(isObject(document['paths']) ? document['paths'] : {});
    const ids = paths
      .flatMap((path) => Object.values(isObject(path) ? path : {}))
      .map((one) => isObject(one) && one['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says of a creating command where to send what, and what comes back', () => {
    const { path: creating, body } = creatingCommand;
    const create = (...path: string[]) => at('paths', creating, 'post', ...path);
    const schema = ['requestBody', 'content', 'application/json', 'schema'];
    expect(create(...schema, 'required')).toEqual(expect.arrayContaining(Object.keys(body)));
    expect(create(...schema, 'additionalProperties')).toBe(false);
    const answer = ['responses', '201', 'content', 'application/json', 'schema', 'required'];
    expect(create(...answer)).toEqual(expect.arrayContaining(['version', 'command_id']));
    expect(create('responses', '201', 'headers')).toHaveProperty('Location');
    expect(create('responses', '404')).toBeUndefined();
  });

  test('tells what each parameter means, and what holds if it is absent', () => {
    const paths = Object.entries(isObject(document['paths']) ? document['paths'] : {});
    const parameters = paths.flatMap(([path, methods]) =>
      Object.values(isObject(methods) ? methods : {}).flatMap((one) =>
        (isObject(one) && Array.isArray(one['parameters']) ? one['parameters'] : []).map(
          (given: Json): Json => ({ ...given, path }),
        ),
      ),
    );
    const unsaid = parameters.filter((one) => (one['description'] ?? '') === '');
    expect(unsaid.map((one) => `${one['path']} ${one['name']}`)).toEqual([]);
    const [limit] = parameters.filter((one) => one['name'] === 'limit' && one['path'] === listed);
    expect(limit).toMatchObject({ schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } });
  });

  test('has a version to insist on for what changes something, and none for what is always new', () => {
    const creating = creatingCommand.path;
    const insisting = names(at('paths', creating, 'post', 'requestBody')).concat(
      JSON.stringify(at('paths', creating, 'post', 'parameters')),
    );
    expect(insisting.filter((one) => /expected_version|If-Match/.test(one))).toEqual([]);
    for (const path of ['/write', '/suppliers/{id}'])
      for (const method of ['post', 'patch']) {
        const operation = at('paths', path, method);
        if (operation === undefined) continue;
        expect(JSON.stringify(operation), path).toContain('"If-Match"');
        expect(names(at('paths', path, method, 'requestBody')), path).toContain('expected_version');
      }
  });

  test('has no choice of one', () => {
    const choices = (value: unknown): unknown[][] => {
      if (Array.isArray(value)) return value.flatMap(choices);
      if (!isObject(value)) return [];
      const own = Array.isArray(value['anyOf']) ? [value['anyOf']] : [];
      return [...own, ...Object.values(value).flatMap(choices)];
    };
    expect(choices(document).length).toBeGreaterThan(5);
    expect(choices(document).filter((choice) => choice.length < 2)).toEqual([]);
  });

  test('asks operators and callers for their tokens, and anybody for none where all may call', () => {
    const security = (path: string) => at('paths', path, 'get', 'security');
    expect(security('/metrics')).toEqual([{ operator: [] }]);
    expect(security('/health')).toEqual([]);
    expect(security(listed)).toEqual([{ caller: [] }]);
    expect(Object.keys(at('components', 'securitySchemes') ?? {})).toEqual(['operator', 'caller']);
  });

  test('tells why a rule may say no', () => {
    const told = Object.values(routes).flatMap(({ value }) =>
      value.kind === 'command' ? (value.refusals ?? []) : [],
    );
    expect(told.length).toBeGreaterThan(0);
    for (const reason of told) expect(JSON.stringify(document)).toContain(reason);
  });

  test('shows times as texts', () => {
    const times = properties(document).filter(([name]) => name.endsWith('_at'));
    expect(times.length).toBeGreaterThan(10);
    for (const [name, schema] of times)
      expect(JSON.stringify(schema), name).toMatch(/"format":"date-time"|"type":"null"/);
  });

  test('has no answer but the naive baseline with a cost price or the id of a supplier', () => {
    const paths = Object.entries(isObject(document['paths']) ? document['paths'] : {});
    const answers = paths
      .filter(([path]) => !path.startsWith('/baseline/'))
      .flatMap(([, path]) =>
        Object.values(isObject(path) ? path : {}).map((one) => isObject(one) && one['responses']),
      );
    expect(answers.flatMap(names)).toContain('version');
    expect(answers.flatMap(names).filter((name) => /^(cost_price|supplier_id)/.test(name))).toEqual([]);
  });
});

test('serverless.yml names the same calls for operators as their own values do', () => {
  expect(
    readOperatorRoutes()
      .map(({ route }) => route)
      .toSorted(),
  ).toEqual(forOperators.toSorted());
});
