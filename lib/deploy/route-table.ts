// Every path of the gateway with its methods, for the function that answers if no route does.
import { gatewayKey, pathEndOf } from '../platform/http/route-key.ts';
import type { FunctionDefinition, Gateway, Service } from './service.ts';

type Functions = Service['functions'];

const keyOf = (route: Gateway): string =>
  typeof route === 'string' ? route : `${route.method?.toUpperCase()} ${route.path}`;

/** As serverless.yml has them: with what the gateway does not know. */
const routesOf = ({ events = [], operators = [] }: FunctionDefinition): string[] =>
  events.flatMap(({ httpApi }) => {
    if (httpApi === undefined) return [];
    const key = keyOf(httpApi);
    return [operators.find((route) => gatewayKey(route) === key) ?? key];
  });

const answersMissing = (definition: FunctionDefinition): boolean => routesOf(definition).includes('*');

/** `/tickets` to `GET` and `POST`. */
const methodsByPath = (functions: Functions): Map<string, string[]> => {
  const paths = new Map<string, string[]>();
  for (const definition of Object.values(functions)) {
    for (const key of answersMissing(definition) ? [] : routesOf(definition)) {
      const [method = '', path = ''] = key.split(' ');
      paths.set(path, [...(paths.get(path) ?? []), method]);
    }
  }
  return paths;
};

const partsOf = (path: string): string[] => path.split('/');

/** `/orders/{id}` takes `/orders/search` as well, for a gateway that has no such path with the method. */
const takes = (pattern: string, path: string): boolean =>
  pattern !== path &&
  partsOf(pattern).length === partsOf(path).length &&
  partsOf(pattern).every((part, at) => part.startsWith('{') || part === partsOf(path)[at]);

/** `DELETE /orders/search`: a path's own, so that it is missing there and does not become another's. */
const shadowed = (paths: Map<string, string[]>): string[] =>
  [...paths].flatMap(([path, methods]) => {
    if (path.includes('{')) return [];
    const others = [...paths].filter(([pattern]) => takes(pattern, path)).flatMap(([, found]) => found);
    return [...new Set(others)].filter((method) => !methods.includes(method)).map((one) => `${one} ${path}`);
  });

/** `/tickets GET,POST;/tickets/{id} GET` to each function that answers for missing ones, and to that of `*` what a pattern would take. */
export const addRouteTable = ({ functions }: Pick<Service, 'functions'>): void => {
  const paths = methodsByPath(functions);
  const table = [...paths].map(([path, methods]) => `${path} ${methods.join(',')}`).join(';');
  const missing = shadowed(paths);
  for (const definition of Object.values(functions)) {
    const hasMore = routesOf(definition).some((key) => pathEndOf(key) !== undefined);
    if (hasMore || answersMissing(definition))
      definition.environment = { ...definition.environment, ROUTES: table };
    if (!answersMissing(definition)) continue;
    definition.public = [...(definition.public ?? []), ...missing];
    definition.events = [...(definition.events ?? []), ...missing.map((httpApi) => ({ httpApi }))];
  }
};
