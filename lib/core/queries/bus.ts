// The query bus: queries as values, each type with exactly one handler, made from the queries' own values.
// It keeps the promise of read-your-writes too: a query that wants a version waits until there is one, or time is up.
import { type EnvironmentOf, findRegistered, type MessageOf } from '../messages.ts';
import type { AnyDocumentQuery, AnyListQuery, AnyQuery, Page, QueryContext } from './query.ts';
import { askUntil, waitForVersion } from './wait-for-version.ts';

type OfType<V extends AnyQuery, T extends V['type']> = Extract<V, { type: T }>;

/** What a query's handler gives. */
export type AnswerOf<V extends AnyQuery> = Awaited<ReturnType<V['handle']>>;

export interface QueryBus<V extends AnyQuery> {
  send<T extends V['type']>(
    query: { type: T } & MessageOf<OfType<V, T>>,
    context: QueryContext,
  ): Promise<AnswerOf<OfType<V, T>>>;
}

const findDocument = async (
  { handle, onFound }: AnyDocumentQuery,
  query: never,
  environment: never,
  context: QueryContext,
): Promise<unknown> => {
  const find = () => handle(query, environment, context);
  const { found } = await waitForVersion(find, context.wait ?? { version: 0, timeoutMs: 0 });
  if (found !== undefined && onFound !== undefined) await onFound(query, environment, context);
  return found;
};

const findPage = async (
  { handle, hasReached }: AnyListQuery,
  query: never,
  environment: never,
  context: QueryContext,
): Promise<Page<unknown>> => {
  const { id, version = 0, timeoutMs = 0 } = context.wait ?? {};
  if (id === undefined) return handle(query, environment, context);
  const reached = await askUntil(() => hasReached({ id, version }, environment), Boolean, timeoutMs);
  return { ...(await handle(query, environment, context)), stale: !reached };
};

/** A bus of these queries; their handlers get `environment`. */
export const createQueryBus = <V extends AnyQuery>(
  values: V[],
  environment: EnvironmentOf<V>,
): QueryBus<V> => ({
  async send<T extends V['type']>(
    query: { type: T } & MessageOf<OfType<V, T>>,
    context: QueryContext,
  ): Promise<AnswerOf<OfType<V, T>>> {
    const value: AnyQuery = findRegistered('query', values, query.type);
    const message = query as never;
    const answer =
      value.kind === 'document'
        ? findDocument(value, message, environment as never, context)
        : findPage(value, message, environment as never, context);
    return (await answer) as AnswerOf<OfType<V, T>>;
  },
});
