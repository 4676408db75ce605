import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { correlationOf, toRequest } from '../../lib/platform/http/request.ts';

const trace = 'a'.repeat(32);
const parent = 'b'.repeat(16);
const context = { awsRequestId: 'own' } as Context;
const eventOf = (fields: object) => fields as APIGatewayProxyEventV2;
const idOf = (headers: Record<string, string>): string => correlationOf(eventOf({ headers }), context);
const requestOf = (fields: object) => toRequest(eventOf({ rawPath: '/', ...fields }), context);

test('a trace of the caller is gone on with', () => {
  expect(idOf({ traceparent: `00-${trace}-${parent}-01` })).toBe(trace);
  expect(idOf({ TraceParent: `00-${trace}-${parent}-00` })).toBe(trace);
});

test.each([
  `00-${'0'.repeat(32)}-${parent}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `ff-${trace}-${parent}-01`,
  `00-${trace.toUpperCase()}-${parent}-01`,
  `00-${trace}-${parent}`,
])('%s is no trace, which several callers could share', (traceparent) => {
  expect(idOf({ traceparent })).toBe('own');
  expect(requestOf({ headers: { traceparent } }).traceparent).toBeUndefined();
});

test('a correlation id of the caller goes before a trace', () => {
  expect(idOf({ 'X-Correlation-Id': 'c-1', traceparent: `00-${trace}-${parent}-01` })).toBe('c-1');
});

test.each(['x'.repeat(128), '!', 'a/b?c=d'])('«%s» is a correlation id', (id) => {
  const { correlationId, faults } = requestOf({ headers: { 'x-correlation-id': id } });
  expect([correlationId, faults]).toEqual([id, []]);
});

test.each(['', 'x'.repeat(129), 'a b', 'é', 'a\n'])('«%s» is none, and answered under another one', (id) => {
  const { correlationId, faults } = requestOf({ headers: { 'x-correlation-id': id } });
  expect(correlationId).toBe('own');
  expect(faults).toEqual([{ path: 'X-Correlation-Id', message: 'must have 1 to 128 visible characters' }]);
});

test('a request came when the gateway says so', () => {
  const timeEpoch = Date.parse('2026-11-21T10:00:00.123Z');
  expect(requestOf({ requestContext: { timeEpoch } }).receivedAt).toEqual(new Date(timeEpoch));
});

test('a query that is no UTF-8 is refused by the name of its parameter, and one with a plus is read', () => {
  expect(requestOf({ rawQueryString: 'q=a+b%20c&r=%C3%A9' }).faults).toEqual([]);
  const bad = requestOf({ rawQueryString: `q=%FF&r=ok&%C3=x&${'n'.repeat(300)}=%` });
  expect(bad.faults.map(({ path }) => path)).toEqual(['q', '%C3', 'n'.repeat(200)]);
});

test('names of headers have no case, and what is not there is no value', () => {
  const { headers, query, params } = requestOf({
    headers: { 'If-Match': '"1"', absent: undefined },
    queryStringParameters: { Name: 'a', absent: undefined },
  });
  expect([headers, query, params]).toEqual([{ 'if-match': '"1"' }, { Name: 'a' }, {}]);
});
