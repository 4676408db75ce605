// What is neither a command nor a query of a domain: the operations, and the baseline. One value each all the same, with
// its input, its answer and its handler.
import type * as z from 'zod';
import type { HttpRequest } from './request.ts';

/** Another form of the same answer, for who asks for it by `Accept`. */
export interface Rendering<B> {
  /** The media types that it can be asked for by, in lower case. */
  mediaTypes: string[];
  contentType: string;
  render: (body: B) => string;
}

interface Facts {
  kind: 'endpoint';
  /** One line: what it does. */
  summary: string;
  /** All that a caller may say, strictly. */
  input: z.ZodType;
  answer: z.ZodType;
  /** What somebody may say, but for what the path says: it works as it stands. */
  example?: object;
  /** For operators only. */
  operators?: boolean;
  /** The statuses that it answers with; 200 if absent. */
  statuses?: number[];
  /** Headers that are its own, for the document; with a `!` behind one that is always there. */
  headers?: string[];
  /** Its answers are compressed for who takes that. */
  isLarge?: boolean;
  /** Problems that are its own, beside those that any endpoint may have. */
  problems?: number[];
}

/** What is known of an endpoint without its types. */
export interface AnyEndpoint extends Facts {
  handle: (input: never, environment: never, request: HttpRequest) => Promise<unknown>;
  /** Which of the statuses an answer has; the first if absent. */
  statusOf?: (answer: never) => number;
  headersOf?: (answer: never, request: HttpRequest) => Record<string, string>;
  rendering?: Rendering<never>;
}

/** What becomes `T` when it is sent as JSON: a text may still be a time. */
type Unsent<T> = T extends string ? T | Date : T extends object ? { [K in keyof T]: Unsent<T[K]> } : T;

export interface Endpoint<I extends z.ZodType, A extends z.ZodType, B, Env> extends Facts {
  input: I;
  answer: A;
  example?: Partial<z.input<I>>;
  handle: (input: z.output<I>, environment: Env, request: HttpRequest) => Promise<B>;
  statusOf?: (answer: B) => number;
  headersOf?: (answer: B, request: HttpRequest) => Record<string, string>;
  rendering?: Rendering<B>;
}

/** Gives the value back; its types are inferred here. */
export const endpoint = <I extends z.ZodType, A extends z.ZodType, B extends Unsent<z.output<A>>, Env>(
  value: Omit<Endpoint<I, A, B, Env>, 'kind'>,
): Endpoint<I, A, B, Env> => ({ kind: 'endpoint', ...value });
