// The OpenAPI document, from the values that the routes run on: each route's input, its answers, what may be wrong.
import { inputSchema, type JsonSchema, type ObjectSchema, pick } from './json-schema.ts';
import { addLinks } from './links.ts';
import {
  exampleOf,
  headerParameters,
  orInBody,
  parametersOf,
  problemSchema,
  securitySchemes,
  version,
  versionParameters,
} from './parts.ts';
import { isForOperators, type RouteValue, responsesOf } from './responses.ts';

/** What is said of all routes of a function. */
interface Place {
  /** What its routes are listed under. */
  tag: string;
  /** Its routes that anybody may call. */
  open: readonly string[];
}

export interface DescribedRoute {
  value: RouteValue;
  tag: string;
  isOpen: boolean;
}

const makesNew = (value: RouteValue): boolean => value.kind === 'command' && value.makesNew === true;

/** Where each field of the input stands. */
const placesOf = (key: string, value: RouteValue, names: string[]) => {
  const inPath = [...key.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);
  const others = names.filter((name) => !inPath.includes(name));
  if (key.startsWith('GET ')) return { inPath, inQuery: others, inBody: [] };
  const queryFields = value.kind === 'command' ? (value.queryFields ?? []) : [];
  // What may stand in the query is described there alone: nothing can say that it must be in one of two places.
  return {
    inPath,
    inQuery: others.filter((name) => queryFields.includes(name)),
    inBody: others.filter((name) => !queryFields.includes(name)),
  };
};

const bodyOf = (value: RouteValue, input: ObjectSchema, inBody: string[]): JsonSchema => {
  if (inBody.length === 0) return {};
  const picked = pick(input, inBody);
  const insisted = value.kind === 'command' && !makesNew(value) ? { expected_version: version } : {};
  const schema = { ...picked, properties: { ...picked.properties, ...insisted } };
  return {
    requestBody: {
      required: schema.required.length > 0,
      content: { 'application/json': { schema, ...exampleOf(value) } },
    },
  };
};

/** As far as a stage asks for tokens: see lib/platform/http/served-document.ts. */
const securityOf = ({ value, isOpen }: DescribedRoute): JsonSchema[] => {
  if (isForOperators(value)) return [{ operator: [] }];
  return isOpen ? [] : [{ caller: [] }];
};

const operationOf = (key: string, route: DescribedRoute): JsonSchema => {
  const { value, tag } = route;
  const input = inputSchema(value.input);
  const isRead = key.startsWith('GET ');
  const { inPath, inQuery, inBody } = placesOf(key, value, Object.keys(input.properties));
  return {
    operationId: key.replaceAll(/\W+/g, '_').replace(/_$/, ''),
    summary: value.summary,
    tags: [tag],
    security: securityOf(route),
    parameters: [
      ...parametersOf('path', pick(input, inPath)),
      ...parametersOf('query', pick(input, inQuery), isRead ? '' : orInBody),
      ...versionParameters(value.kind, makesNew(value)),
      ...headerParameters(value.kind, { isNew: makesNew(value), isRead }),
    ],
    ...bodyOf(value, input, inBody),
    responses: responsesOf(value, { hasId: inPath.length > 0, isRead }),
  };
};

const isValue = (value: unknown): value is RouteValue =>
  typeof value === 'object' && value !== null && 'input' in value;

/** The routes of a table that have a value behind them; files of a page have none. */
export const describedRoutes = (
  table: Record<string, unknown>,
  { tag, open }: Place,
): Record<string, DescribedRoute> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([key, value]) =>
      isValue(value) ? [[key, { value, tag, isOpen: open.includes(key) }]] : [],
    ),
  );

/** The document of all routes: a route's key to the value behind it. */
export const openApiOf = (routes: Record<string, DescribedRoute>): JsonSchema => {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [key, route] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ');
    const at = path.replaceAll('+}', '}');
    paths[at] = { ...paths[at], [method.toLowerCase()]: operationOf(key, route) };
  }
  addLinks(paths);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tandem',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'Commands and queries of this system, and its operations.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes,
    },
  };
};
