// From a request to a query and back to an answer: strict parameters, read-your-writes, staleness, paging links.
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { expectedVersion, idAtVersion, timeoutMs } from '../../core/fields.ts';
import type { MessageOf } from '../../core/messages.ts';
import type { QueryBus } from '../../core/queries/bus.ts';
import type { AnyDocumentQuery, AnyQuery, Page, QueryContext } from '../../core/queries/query.ts';
import { config } from '../config.ts';
import { findFaults, parseInput } from '../parse-input.ts';
import { authorizeOperator } from './operators.ts';
import type { HttpRequest } from './request.ts';
import type { HttpAnswer, Route, Routes } from './stack.ts';

const maxTimeMS = 2_000;

const staleHeader = { warning: '110 - "Response is Stale"' };
const staleBody = { _warning: 'Data may be stale' };

const waits = {
  document: z.object({ expected_version: expectedVersion.optional(), timeout_ms: timeoutMs.optional() }),
  list: z.object({ consistent_with: idAtVersion.optional(), timeout_ms: timeoutMs.optional() }),
};

/** What the query waits for, and the parameters that are its own. */
const splitInput = (kind: AnyQuery['kind'], request: HttpRequest) => {
  const { query, params } = request;
  const schema = waits[kind];
  const twice = Object.keys(params).filter((name) => Object.hasOwn(query, name));
  const faults = [
    ...request.faults,
    ...twice.map((path) => ({ path, message: 'is not a known parameter' })),
    ...findFaults(schema, query),
  ];
  const {
    expected_version,
    consistent_with,
    timeout_ms = config.READ_LAG_MS,
  }: {
    expected_version?: number | undefined;
    consistent_with?: { id: string; version: number } | undefined;
    timeout_ms?: number | undefined;
  } = schema.safeParse(query).data ?? {};
  const own = Object.fromEntries(
    Object.entries({ ...query, ...params }).filter(([name]) => !Object.hasOwn(schema.shape, name)),
  );
  const wanted = consistent_with ?? { version: expected_version ?? 0 };
  return { own, faults, wait: { ...wanted, timeoutMs: timeout_ms } };
};

const contextOf = (
  { correlationId, traceparent }: HttpRequest,
  wait: QueryContext['wait'],
): QueryContext => ({
  correlationId,
  maxTimeMS,
  ...(traceparent === undefined ? {} : { traceparent }),
  ...(wait === undefined ? {} : { wait }),
});

const documentAnswer = (
  { what }: AnyDocumentQuery,
  found: { version: number } | undefined,
  expected: number,
): HttpAnswer => {
  if (found === undefined) {
    throw new AppError('not_found', `There is no such ${what}`, expected > 0 ? { retryAfter: 1 } : {});
  }
  return found.version < expected
    ? { status: 200, headers: staleHeader, body: { ...found, ...staleBody }, isStale: true }
    : { status: 200, body: found, version: found.version };
};

/** The same request, one page on. */
const nextLink = ({ path, query }: HttpRequest, next: Record<string, string>): string => {
  const parameters = new URLSearchParams({ ...query, ...next });
  parameters.delete('consistent_with');
  // A cursor goes on from where the page ended, whatever was skipped before it.
  if (Object.hasOwn(next, 'after')) parameters.delete('skip');
  return `<${path}?${parameters}>; rel="next"`;
};

const listAnswer = (request: HttpRequest, { body, next, stale = false }: Page<unknown>): HttpAnswer => {
  const link: Record<string, string> = next === undefined ? {} : { link: nextLink(request, next) };
  if (!stale) return { status: 200, headers: link, body };
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return {
    status: 200,
    headers: { ...link, ...staleHeader },
    body: isObject ? { ...body, ...staleBody } : body,
    isStale: true,
  };
};

const toAnswer = (value: AnyQuery, request: HttpRequest, answer: unknown, expected: number): HttpAnswer =>
  value.kind === 'document'
    ? documentAnswer(value, answer as { version: number } | undefined, expected)
    : listAnswer(request, answer as Page<unknown>);

const queryRoute =
  <V extends AnyQuery>(value: V, bus: QueryBus<V>): Route =>
  async (request) => {
    if (value.operators) authorizeOperator(request);
    const { own, faults, wait } = splitInput(value.kind, request);
    const type: V['type'] = value.type;
    const message = { type, data: parseInput(value.input, own, faults) } as {
      type: V['type'];
    } & MessageOf<V>;
    const answer = await bus.send(message as never, contextOf(request, wait));
    return toAnswer(value, request, answer, wait.version);
  };

/** The routes of a table from a route's key to the query behind it. */
export const queryRoutes = <V extends AnyQuery>(table: Record<string, V>, bus: QueryBus<V>): Routes =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, queryRoute(value, bus)]));
