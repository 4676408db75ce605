// A query as one value: its type, its input, what it answers, and its handler. Two kinds: a document with a version,
// and a list with pages.
// Guarantees: what a handler gives fits the answer's schema (types alone), so a field that the schema lacks cannot leave.
import type * as z from 'zod';
import type { VersionWait } from './wait-for-version.ts';

/** A version of one aggregate. */
export interface AtVersion {
  id: string;
  version: number;
}

/** What travels with a query. */
export interface QueryContext {
  correlationId: string;
  traceparent?: string;
  /** How long the database may work on it. */
  maxTimeMS: number;
  /** Read your writes: the version that the caller wants to see; in a list, that of one aggregate. */
  wait?: VersionWait & { id?: string };
}

interface AnyQueryFacts {
  type: string;
  /** One line: what it answers. */
  summary: string;
  /** All that a caller may say, strictly. */
  input: z.ZodType;
  answer: z.ZodType;
  /** For operators only. */
  operators?: boolean;
}

type HandleAny<Answer> = (query: never, environment: never, context: QueryContext) => Promise<Answer>;

export interface AnyDocumentQuery extends AnyQueryFacts {
  kind: 'document';
  /** What the answer is one of: `ticket`. */
  what: string;
  /** Undefined when there is none. It may be called several times, until the document has the wanted version. */
  handle: HandleAny<{ version: number } | undefined>;
  /** Called once with the query of what was found. */
  onFound?: (query: never, environment: never, context: QueryContext) => Promise<void>;
}

export interface Page<B> {
  body: B;
  /** The parameters of the next page, if there is one. */
  next?: Record<string, string>;
  /** The read model had not reached the wanted version in time. */
  stale?: boolean;
}

export interface AnyListQuery extends AnyQueryFacts {
  kind: 'list';
  /** What it is a list of, if that may not be there: `ticket`. */
  what?: string;
  handle: HandleAny<Page<unknown>>;
  /** Whether the list shows what this version of an aggregate says, or has no use for it. */
  hasReached: (at: AtVersion, environment: never) => Promise<boolean>;
}

/** What is known of a query without its types. */
export type AnyQuery = AnyDocumentQuery | AnyListQuery;

type Handle<T extends string, I extends z.ZodType, Env, Answer> = (
  query: { type: T; data: z.output<I> },
  environment: Env,
  context: QueryContext,
) => Promise<Answer>;

type VersionedAnswer = z.ZodType<{ version: number }>;

export interface DocumentQuery<T extends string, I extends z.ZodType, A extends VersionedAnswer, Env>
  extends AnyDocumentQuery {
  type: T;
  input: I;
  answer: A;
  handle: Handle<T, I, Env, z.output<A> | undefined>;
  onFound?: Handle<T, I, Env, void>;
}

export interface ListQuery<T extends string, I extends z.ZodType, A extends z.ZodType, Env>
  extends AnyListQuery {
  type: T;
  input: I;
  answer: A;
  handle: Handle<T, I, Env, Page<z.output<A>>>;
  hasReached: (at: AtVersion, environment: Env) => Promise<boolean>;
}

/** A query for one document. */
export const documentQuery = <const T extends string, I extends z.ZodType, A extends VersionedAnswer, Env>(
  value: Omit<DocumentQuery<T, I, A, Env>, 'kind'>,
): DocumentQuery<T, I, A, Env> => ({ kind: 'document', ...value });

/** A query for many documents. */
export const listQuery = <const T extends string, I extends z.ZodType, A extends z.ZodType, Env>(
  value: Omit<ListQuery<T, I, A, Env>, 'kind'>,
): ListQuery<T, I, A, Env> => ({ kind: 'list', ...value });
