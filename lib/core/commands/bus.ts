// The command bus and the query bus: messages as values, each with exactly one handler.
// An unknown type does not compile; one that nobody registered (a plain-JavaScript caller, a queued command of another
// release) is a clear error.
import { AppError } from '../errors.ts';
import type { CommandContext, CommandResult } from './handle.ts';

interface Message {
  type: string;
}

type OfType<M extends Message, T extends M['type']> = Extract<M, { type: T }>;

/** One handler for each type of message. `answers` maps a type to what its handler gives. */
type Handlers<M extends Message, Context, Answers extends Record<M['type'], unknown>> = {
  [T in M['type']]: (message: OfType<M, T>, context: Context) => Promise<Answers[T]>;
};

export interface Bus<M extends Message, Context, Answers extends Record<M['type'], unknown>> {
  send<T extends M['type']>(message: OfType<M, T> & { type: T }, context: Context): Promise<Answers[T]>;
}

const createBus = <M extends Message, Context, Answers extends Record<M['type'], unknown>>(
  what: string,
  handlers: Handlers<M, Context, Answers>,
): Bus<M, Context, Answers> => ({
  async send<T extends M['type']>(message: OfType<M, T> & { type: T }, context: Context) {
    const type: T = message.type;
    if (!Object.hasOwn(handlers, type))
      throw new AppError('not_registered', `No handler is registered for ${what} ${type}`);
    return handlers[type](message, context);
  },
});

export type CommandBus<C extends Message> = Bus<C, CommandContext, Record<C['type'], CommandResult>>;

/** @throws AppError `not_registered` on send, where no handler has the command's type. */
export const createCommandBus = <C extends Message>(
  handlers: Handlers<C, CommandContext, Record<C['type'], CommandResult>>,
): CommandBus<C> => createBus('command', handlers);

/** What a query may wait for; see wait-for-version.ts. */
export const createQueryBus = <Q extends Message, Context, Answers extends Record<Q['type'], unknown>>(
  handlers: Handlers<Q, Context, Answers>,
): Bus<Q, Context, Answers> => createBus('query', handlers);
