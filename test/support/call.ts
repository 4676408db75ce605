// A function called as the gateway calls it, in this process.
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { vi } from 'vitest';

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2> | undefined;

export interface Called {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, unknown>;
  ms: number;
}

interface Request {
  body?: object;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** By the gateway's clock. */
  receivedAt?: Date;
}

/** `route` is the route's key; each `{name}` in it is taken from `params`. */
export const call = async (
  handler: Handler,
  route: string,
  params: Record<string, string> = {},
  { body, headers = {}, query = {}, receivedAt = new Date() }: Request = {},
): Promise<Called> => {
  const started = performance.now();
  const event = {
    requestContext: { timeEpoch: receivedAt.getTime() },
    routeKey: route,
    rawPath: route.split(' ')[1] ?? '/',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    pathParameters: params,
    queryStringParameters: query,
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await handler(
    event as object as APIGatewayProxyEventV2,
    { functionName: 'test', awsRequestId: randomUUID() } as Context,
  );
  return {
    status: answer?.statusCode ?? 0,
    body: JSON.parse(answer?.body || '{}'),
    headers: answer?.headers ?? {},
    ms: performance.now() - started,
  };
};

export interface FunctionModule {
  routes: object;
  handler: Handler;
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/\{(\w+)\+\}/g, '(?<$1>.+)').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);

/** Calls a function with a path as a caller has it: the route is found among those of the function. */
export const callFunction = (
  { routes, handler }: FunctionModule,
  { method, path, body }: { method: string; path: string; body: object | undefined },
  headers: Record<string, string> = {},
): Promise<Called> => {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  for (const route of Object.keys(routes)) {
    const [verb, pattern = ''] = route.split(' ');
    const found = patternOf(pattern).exec(pathname);
    if (verb !== method || found === null) continue;
    const query = Object.fromEntries(searchParams);
    return call(
      handler,
      route,
      { ...found.groups },
      { headers, query, ...(body === undefined ? {} : { body }) },
    );
  }
  throw new Error(`the function has no route ${method} ${pathname}`);
};

/** Keeps the functions' own lines out of the test's output. */
export const hushFunctions = (): void => {
  vi.stubEnv('LOG_LEVEL', 'SILENT');
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
};
