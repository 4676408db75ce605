// The one HTTP stack: a table of routes in, a Lambda handler out. It makes every answer, errors included, carry the
// correlation id, writes one line a request (metrics and what they are of; a failure of ours has a second one with its
// error), and lets nothing be thrown past it.
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { AppError } from '../../core/errors.ts';
import { asFunction } from '../current-function.ts';
import { createLog } from '../logger.ts';
import { emitMetrics } from '../metrics.ts';
import { etagOf, isKnown } from './etag.ts';
import { toProblem } from './problem.ts';
import { correlationOf, type HttpRequest, toRequest } from './request.ts';
import { gatewayKey, type PathEnd, pathEndOf } from './route-key.ts';

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string>;
  /** JSON; text or bytes if `content-type` says so. */
  body: unknown;
  /** Of what the answer shows: its ETag begins with it. */
  version?: number;
  /** Older than what was asked for: it has no ETag. */
  isStale?: boolean;
}

export type Route = (request: HttpRequest) => Promise<HttpAnswer>;

/** Routes by API Gateway's route key, as in serverless.yml: `PATCH /tickets/{id}/status`. */
export type Routes = Record<string, Route>;

type Result = APIGatewayProxyStructuredResultV2;

/** As it is sent. */
type Sent = HttpAnswer & { body: string | Uint8Array };

const toSent = (answer: HttpAnswer): Sent => {
  const { headers, body } = answer;
  return {
    ...answer,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  };
};

/** What is read has an ETag, and what has a version; who has it already is not sent a body again. */
const withEtag = (sent: Sent, { routeKey, headers }: HttpRequest): Sent => {
  const isRead = routeKey.startsWith('GET ') && sent.status === 200;
  if (sent.isStale || !(isRead || sent.version !== undefined)) return sent;
  const etag = etagOf(sent.body, sent.version);
  const { 'content-type': type, 'content-encoding': encoding, ...others } = sent.headers ?? {};
  return isRead && isKnown(headers['if-none-match'], etag)
    ? { status: 304, headers: { ...others, etag }, body: '' }
    : { ...sent, headers: { ...sent.headers, etag } };
};

const toResult = ({ status, headers = {}, body }: Sent): Result => ({
  statusCode: status,
  headers,
  ...(body instanceof Uint8Array
    ? { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
    : { body }),
});

const noRoute: Route = async () => {
  throw new AppError('not_found', 'There is no such route');
};

interface Entry {
  route: Route;
  pathEnd: PathEnd | undefined;
}

const byGatewayKey = (routes: Routes): Map<string, Entry[]> => {
  const entries = Object.entries(routes).map(([key, route]) => ({ key, route, pathEnd: pathEndOf(key) }));
  return Map.groupBy(entries, ({ key }) => gatewayKey(key));
};

const dispatch = (
  routes: Map<string, Entry[]>,
  otherwise: Route,
  request: HttpRequest,
): Promise<HttpAnswer> => {
  for (const { route, pathEnd } of routes.get(request.routeKey) ?? []) {
    if (pathEnd === undefined) return route(request);
    const { parameter, end } = pathEnd;
    const { [parameter]: rest = '' } = request.params;
    if (!rest.endsWith(end) || rest === end) continue;
    return route({ ...request, params: { ...request.params, [parameter]: rest.slice(0, -end.length) } });
  }
  return otherwise(request);
};

interface Started extends Record<string, unknown> {
  startedAt: number;
  correlationId: string;
}

/** Keeps what the request began with, and closes it with its headers, its log line and its metrics. */
const observe = (): middy.MiddlewareObj<APIGatewayProxyEventV2, Result, Error, Context, Started> => {
  const finish = ({
    event,
    response,
    internal,
    context,
    error,
  }: middy.Request<APIGatewayProxyEventV2, Result, Error, Context, Started>) => {
    if (response === null || response === undefined) return;
    const { startedAt, correlationId } = internal as Started;
    response.headers = { ...response.headers, 'x-correlation-id': correlationId };
    const status = response.statusCode ?? 500;
    const latency = Math.round((performance.now() - startedAt) * 10) / 10;
    const about = { correlation_id: correlationId, route: event?.routeKey ?? '' };
    emitMetrics(
      context.functionName,
      { Requests: 1, ServerErrors: status >= 500 ? 1 : 0, Latency: latency },
      { ...about, status: String(status) },
    );
    if (status < 500) return;
    const log = createLog(context.functionName, about);
    // An outage is no fault of this code: its frames would only drown the log.
    if (status === 503) log.warn('request failed', { status, reason: error?.message });
    else log.error('request failed', { status, error: error ?? new Error('unknown') });
  };
  return {
    before({ event, context, internal }) {
      Object.assign(internal, { startedAt: performance.now(), correlationId: correlationOf(event, context) });
    },
    after: finish,
    onError: finish,
  };
};

const problems = (): middy.MiddlewareObj<APIGatewayProxyEventV2, Result, Error, Context, Started> => ({
  onError(request) {
    const { correlationId } = request.internal as Started;
    request.response = toResult(
      toSent(toProblem(request.error, request.event?.rawPath ?? '/', correlationId)),
    );
  },
});

// An invocation that the gateway did not make has none of its parts.
const gatewayOnly = (event: APIGatewayProxyEventV2): void => {
  if (typeof event?.routeKey !== 'string' || typeof event.rawPath !== 'string') {
    throw new AppError('invalid_input', 'This function answers HTTP requests only');
  }
};

/** `otherwise` answers if none of the routes does. */
export const httpHandler = (routes: Routes, otherwise: Route = noRoute) => {
  const entries = byGatewayKey(routes);
  return middy()
    .use(observe())
    .use(problems())
    .handler(async (event: APIGatewayProxyEventV2, context: Context): Promise<Result> => {
      gatewayOnly(event);
      const request = toRequest(event, context);
      const answer = await asFunction(context.functionName, () => dispatch(entries, otherwise, request));
      return toResult(withEtag(toSent(answer), request));
    });
};
