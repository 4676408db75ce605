// An API Gateway event (HTTP API, payload 2.0) as the request that routes see.
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { AppError } from '../../core/errors.ts';
import { parseJsonBody } from './body.ts';

export interface HttpRequest {
  /** `POST /tickets/{id}/note`: the route as serverless.yml names it. */
  routeKey: string;
  path: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  correlationId: string;
  traceparent: string | undefined;
  /** The parsed body; undefined where there is none. Reading it may throw, so it is read inside the route. */
  body(): unknown;
}

const visible = /^[\x21-\x7e]{1,128}$/;
const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The correlation id to answer with, also where the request's own one is refused; without one, Lambda's own of the call. */
export const correlationOf = (event: APIGatewayProxyEventV2, context: Partial<Context>): string => {
  const { 'x-correlation-id': sent, traceparent = '' } = headersOf(event);
  if (sent !== undefined && visible.test(sent)) return sent;
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

/** @throws AppError `invalid_input` where the correlation id cannot be carried on. */
export const toRequest = (event: APIGatewayProxyEventV2, context: Context): HttpRequest => {
  const headers = headersOf(event);
  const sent = headers['x-correlation-id'];
  if (sent !== undefined && !visible.test(sent)) {
    throw new AppError('invalid_input', 'X-Correlation-Id must have 1 to 128 visible characters', {
      errors: [{ path: 'X-Correlation-Id', message: 'must have 1 to 128 visible characters' }],
    });
  }
  const traceparent = headers['traceparent'];
  return {
    routeKey: event.routeKey,
    path: event.rawPath,
    params: defined(event.pathParameters),
    query: defined(event.queryStringParameters),
    headers,
    correlationId: correlationOf(event, context),
    traceparent: traceparent !== undefined && traceparentForm.test(traceparent) ? traceparent : undefined,
    body: () => parseJsonBody(event.body, event.isBase64Encoded, headers['content-type']),
  };
};
