import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { correlationOf } from '../../lib/platform/http/request.ts';

const trace = 'a'.repeat(32);
const parent = 'b'.repeat(16);
const idOf = (headers: Record<string, string>): string =>
  correlationOf({ headers } as Partial<APIGatewayProxyEventV2> as APIGatewayProxyEventV2, {
    awsRequestId: 'own',
  });

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
});
