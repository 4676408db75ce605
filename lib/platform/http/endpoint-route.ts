// From a request to an endpoint and back to an answer.
import type { EnvironmentOf } from '../../core/messages.ts';
import { parseInput } from '../parse-input.ts';
import { preferred } from './accept.ts';
import { gather } from './command-request.ts';
import { compressible } from './compression.ts';
import type { AnyEndpoint, Rendering } from './endpoint.ts';
import { authorizeOperator } from './operators.ts';
import type { HttpRequest } from './request.ts';
import type { HttpAnswer, Route, Routes } from './stack.ts';

const ask = (request: HttpRequest) => {
  const isQuery = request.routeKey.startsWith('GET ');
  return gather(request, { queryFields: isQuery ? Object.keys(request.query) : [], hasVersion: false });
};

const isWanted = ({ mediaTypes }: Rendering<never>, { headers }: HttpRequest): boolean =>
  mediaTypes.includes(preferred(['application/json', ...mediaTypes], headers['accept']));

const endpointRoute =
  (
    { input, operators, handle, statuses = [200], statusOf, headersOf, rendering, isLarge }: AnyEndpoint,
    environment: never,
  ): Route =>
  async (request): Promise<HttpAnswer> => {
    if (operators) authorizeOperator(request);
    const asked = ask(request);
    const data = parseInput(input, asked.input, asked.faults) as never;
    const answer = (await handle(data, environment, request)) as never;
    const status = statusOf?.(answer) ?? statuses[0] ?? 200;
    const own = headersOf?.(answer, request) ?? {};
    if (isLarge) return compressible({ status, headers: own, body: answer }, request);
    if (rendering === undefined) return { status, headers: own, body: answer };
    const headers = { ...own, vary: 'accept' };
    if (!isWanted(rendering, request)) return { status, headers, body: answer };
    return {
      status,
      headers: { ...headers, 'content-type': rendering.contentType },
      body: rendering.render(answer),
    };
  };

/** The routes of a table from a route's key to the endpoint behind it. */
export const endpointRoutes = <V extends AnyEndpoint>(
  table: Record<string, V>,
  environment: EnvironmentOf<V>,
): Routes =>
  Object.fromEntries(
    Object.entries(table).map(([key, value]) => [key, endpointRoute(value, environment as never)]),
  );
