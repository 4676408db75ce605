// Messages as values, each type with exactly one handler: what the command bus and the query bus have in common.
import type * as z from 'zod';
import { AppError } from './errors.ts';

/** The message that a value's handler takes. */
export type MessageOf<V extends { type: string; input: z.ZodType }> = V extends unknown
  ? { type: V['type']; data: z.output<V['input']> }
  : never;

/** What all of these values' handlers need to work on. */
export type EnvironmentOf<V> = [V] extends [
  { handle: (message: never, environment: infer Env, ...rest: never[]) => unknown },
]
  ? Env
  : never;

/** @throws AppError `not_registered` when no value has the type. */
export const findRegistered = <V extends { type: string }>(what: string, values: V[], type: string): V => {
  const found = values.find((value) => value.type === type);
  if (found === undefined)
    throw new AppError('not_registered', `No handler is registered for ${what} ${type}`);
  return found;
};
