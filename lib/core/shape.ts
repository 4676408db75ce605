// Stored data outlives the code that wrote it. A shape is the schema of today's data with the steps that lead up to it;
// events and the documents of state-stored aggregates have one each. Guarantees: what comes out fits the schema, or it
// is an error. Stored data is not rewritten for it: a step is taken on each read.
import type * as z from 'zod';
import { AppError, type ErrorCode } from './errors.ts';

export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

export interface Shape<D extends z.ZodType = z.ZodType> {
  /** Raised by one with each change that today's schema alone cannot read. */
  schema_version: number;
  data: D;
  /** For each older version the step to the next; test/unit/shapes.test.ts names what is left out. */
  upcasts?: Record<number, Upcast>;
}

/** The shape of the state that an aggregate's document keeps. */
export type StateShape<S extends object = object> = Shape<z.ZodType<S>>;

/** What is read, for the error: `TicketCreated`, `the state of Ticket-1`. */
interface Described {
  what: string;
  code: ErrorCode;
}

/** Seconds after which the release that can read it may be back. */
const retryAfter = 60;

/** The data as its schema gives it back. @throws AppError `code` with the first fault if it does not fit. */
const fitting = <D extends z.ZodType>(
  shape: Shape<D>,
  data: unknown,
  { what, code }: Described,
): z.output<D> => {
  const parsed = shape.data.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(code, `${what} does not fit: ${issue?.path.join('.')}: ${issue?.message}`, {
    retryAfter,
  });
};

/** Takes data of an older version up, step by step, and gives it as today's schema has it. */
export const bringUp = <D extends z.ZodType>(
  shape: Shape<D>,
  version: number,
  data: Record<string, unknown>,
  described: Described,
): z.output<D> => {
  const { what, code } = described;
  if (version > shape.schema_version) {
    throw new AppError(code, `${what} version ${version} is newer than this code`, { retryAfter });
  }
  let reached = data;
  for (let from = version; from < shape.schema_version; from += 1) {
    const step = shape.upcasts?.[from];
    if (step === undefined) throw new AppError(code, `${what} has no way up from version ${from}`);
    reached = step(reached);
  }
  return fitting(shape, reached, described);
};
