// A command as one value: its type, its input, its handler, and what a caller is to know of it.
// Guarantees: the handler gets what the input's schema gives, and an environment that the bus must have (types alone).
import type * as z from 'zod';
import type { CommandContext, CommandResult } from './handle.ts';

/** What the answer has beside `id`, `version` and `command_id`. */
export interface CommandAnswer {
  fields: z.ZodObject;
  of: (result: CommandResult) => Record<string, unknown>;
}

/** What is known of a command without its types. */
export interface AnyCommand {
  kind: 'command';
  type: string;
  /** One line: what it does. */
  summary: string;
  /** All that a caller may say, strictly. What the schema gives is the command's data. */
  input: z.ZodType;
  /** `environment` holds the stores or handlers that it works on. */
  handle: (command: never, environment: never, context: CommandContext) => Promise<CommandResult>;
  /** Set when the command makes something new: the path where that can be read. */
  locate?: (result: CommandResult) => string;
  /** It makes another thing each time: nobody can insist on a version of it. */
  makesNew?: boolean;
  /** The input's fields that may stand in the query string. */
  queryFields?: string[];
  /** What somebody may say, but for what the path says: it works as it stands. */
  example?: object;
  answer?: CommandAnswer;
  /** Why its rules may say no, in one sentence each. */
  refusals?: string[];
}

export interface Command<T extends string, I extends z.ZodType, Env> extends AnyCommand {
  type: T;
  input: I;
  example?: Partial<z.input<I>>;
  handle: (
    command: { type: T; data: z.output<I> },
    environment: Env,
    context: CommandContext,
  ) => Promise<CommandResult>;
}

/** Gives the value back; its types are inferred here. */
export const command = <const T extends string, I extends z.ZodType, Env>(
  value: Omit<Command<T, I, Env>, 'kind'>,
): Command<T, I, Env> => ({ kind: 'command', ...value });

/** What is known of a queued command without its types. */
export interface AnyQueuedCommand {
  kind: 'queued';
  type: string;
  /** One line: what it does. */
  summary: string;
  /** All that a caller may say, strictly. */
  input: z.ZodType;
  /** The queue's name, without its prefix. */
  queue: string;
  toData: (input: never) => object;
  /** What the answer has beside `command_id`, before the command has taken effect. */
  answer: { fields: z.ZodObject; of: (input: never) => Record<string, unknown> };
}

/** A command that travels through a queue: its caller does not wait for the effect. */
export interface QueuedCommandType<T extends string, I extends z.ZodType, D extends object>
  extends AnyQueuedCommand {
  type: T;
  input: I;
  toData: (input: z.output<I>) => D;
  answer: { fields: z.ZodObject; of: (input: z.output<I>) => Record<string, unknown> };
}

/** Gives the value back; its types are inferred here. */
export const queuedCommand = <const T extends string, I extends z.ZodType, D extends object>(
  value: Omit<QueuedCommandType<T, I, D>, 'kind'>,
): QueuedCommandType<T, I, D> => ({ kind: 'queued', ...value });
