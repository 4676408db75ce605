// An API Gateway event (HTTP API, payload 2.0) as the request that routes see.
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { FieldError } from '../../core/errors.ts';
import { parseJsonBody } from './body.ts';
import { callerIdFaults, isCallerId } from './caller-ids.ts';

export interface HttpRequest {
  /** `POST /tickets/{id}/note`: the route as serverless.yml names it. */
  routeKey: string;
  path: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  correlationId: string;
  traceparent: string | undefined;
  /** By the gateway's clock. */
  receivedAt: Date;
  /** What is wrong with it apart from what its route asks for. */
  faults: FieldError[];
  /** The parsed body; undefined if there is none. Reading it may throw, so it is read inside the route. */
  body(): unknown;
}

// https://www.w3.org/TR/trace-context: version ff and ids of zeros alone are none.
const traceparentForm = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The correlation id to answer with, also if the request's own one is refused; without one, Lambda's own of the call. */
export const correlationOf = (event: APIGatewayProxyEventV2, context: Partial<Context>): string => {
  const { 'x-correlation-id': sent, traceparent = '' } = headersOf(event);
  if (sent !== undefined && isCallerId('X-Correlation-Id', sent)) return sent;
  return traceparentForm.exec(traceparent)?.[1] ?? context.awsRequestId ?? randomUUID();
};

const headersOf = (event: APIGatewayProxyEventV2): Record<string, string> =>
  defined(event?.headers, (name) => name.toLowerCase());

const defined = (
  values: Record<string, string | undefined> | undefined,
  toName = (name: string): string => name,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[toName(name), value]],
    ),
  );

/** A gateway decodes what is no UTF-8 to something else without a word. */
export const isDecodable = (part: string): boolean => {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
};

const queryFaults = (rawQuery: string): FieldError[] =>
  rawQuery
    .split('&')
    .filter((part) => !isDecodable(part))
    .map((part) => ({
      path: part.slice(0, Math.max(0, part.indexOf('='))).slice(0, 200),
      message: 'is not percent-encoded UTF-8',
    }));

export const toRequest = (event: APIGatewayProxyEventV2, context: Context): HttpRequest => {
  const headers = headersOf(event);
  const sent = headers['x-correlation-id'];
  const traceparent = headers['traceparent'];
  return {
    routeKey: event.routeKey,
    path: event.rawPath,
    params: defined(event.pathParameters),
    query: defined(event.queryStringParameters),
    headers,
    correlationId: correlationOf(event, context),
    traceparent: traceparent !== undefined && traceparentForm.test(traceparent) ? traceparent : undefined,
    receivedAt: new Date(event.requestContext?.timeEpoch ?? Date.now()),
    faults: [...callerIdFaults('X-Correlation-Id', sent), ...queryFaults(event.rawQueryString ?? '')],
    body: () => parseJsonBody(event.body, event.isBase64Encoded, headers['content-type']),
  };
};
