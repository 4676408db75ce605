import { expect, test } from 'vitest';
import { addOpenRoutes } from '../../lib/deploy/authorizer.ts';
import { addRouteTable } from '../../lib/deploy/route-table.ts';
import type { FunctionDefinition } from '../../lib/deploy/service.ts';
import { missingRoute } from '../../lib/platform/http/missing-route.ts';
import type { HttpRequest } from '../../lib/platform/http/request.ts';

const functions: Record<string, FunctionDefinition> = {
  commands: {
    handler: 'c',
    events: [
      { httpApi: 'POST /tickets' },
      { httpApi: 'PATCH /tickets/{id}/note' },
      { httpApi: 'DELETE /orders/{id}' },
    ],
  },
  queries: {
    handler: 'q',
    events: [
      { httpApi: { method: 'get', path: '/tickets' } },
      { httpApi: 'GET /read/{key+}' },
      { httpApi: 'GET /orders/search' },
    ],
  },
  operations: { handler: 'o', operators: ['POST /read/{key+}/mend'] },
  notFound: { handler: 'n', events: [{ httpApi: '*' }] },
};
addOpenRoutes({ functions });
addRouteTable({ functions });
const table = String(functions['notFound']?.environment?.['ROUTES']);

const at = (path: string) =>
  missingRoute(table)({
    routeKey: '$default',
    path,
    params: {},
    query: {},
    headers: {},
    correlationId: 'c',
    traceparent: undefined,
    receivedAt: new Date(),
    faults: [],
    body: () => undefined,
  } satisfies HttpRequest);

test.each([
  ['/tickets', 'GET, POST'],
  ['/tickets/7/note', 'PATCH'],
  ['/read/a/b', 'GET'],
  ['/orders/search', 'GET'],
  ['/orders/7', 'DELETE'],
  ['/read/a/b/mend', 'POST'],
])('%s exists with another method: 405 allows %s', async (path, allow) => {
  await expect(at(path)).rejects.toMatchObject({ code: 'method_not_allowed', allow });
});

test.each(['/', '/tickets/7', '/tickets/', '/ticketsx', '/tickets/7/note/8', '/read/'])(
  '%s does not exist',
  async (path) => {
    await expect(at(path)).rejects.toMatchObject({ code: 'not_found' });
  },
);

test('a method that a path lacks is missing there, and not taken by a pattern beside it', () => {
  expect(functions['notFound']?.events).toContainEqual({ httpApi: 'DELETE /orders/search' });
  expect(functions['notFound']?.public).toEqual(['DELETE /orders/search']);
});

test('what stands behind the rest of a path is left to the function', () => {
  expect(functions['operations']?.events).toEqual([{ httpApi: 'POST /read/{key+}' }]);
  expect(functions['operations']?.environment?.['ROUTES']).toBe(table);
});
