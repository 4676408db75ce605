// The consumer of a domain's queue of commands.
import type { Db } from 'mongodb';
import * as z from 'zod';
import type { HandleQueuedCommands, QueuedCommand } from '../core/commands/queued-commands.ts';
import type { DomainCommand } from '../core/decider.ts';
import { AppError } from '../core/errors.ts';
import { consumerHandler, parseMessage } from './consumer.ts';
import type { Consumer } from './deliveries.ts';
import { wakeRelay } from './wake-relay.ts';

/** A command as a queue carries it. */
export const commandEnvelope = z.object({
  command_id: z.string().min(1).max(300),
  type: z.string().min(1),
  data: z.unknown(),
  correlation_id: z.string().min(1),
  causation_id: z.string().min(1),
  traceparent: z.string().exactOptional(),
  sent_at: z.iso.datetime().transform((time) => new Date(time)),
});

interface CommandQueue<C extends DomainCommand> {
  /** The queue's name: `products-commands`. */
  name: string;
  /** The commands that may come, by their types and with their data. */
  schema: z.ZodType<C>;
  handle: HandleQueuedCommands<C>;
}

export const commandConsumer = <C extends DomainCommand>({
  name,
  schema,
  handle,
}: CommandQueue<C>): Consumer<QueuedCommand<C>> => ({
  name,
  parse(body) {
    const { type, data, ...facts } = parseMessage(commandEnvelope, body);
    try {
      return { ...parseMessage(schema, { type, data }), ...facts };
    } catch (cause) {
      throw new AppError('malformed_message', `${name} takes no such command ${type}`, { cause });
    }
  },
  describe: ({ command_id, type, correlation_id, sent_at }) => ({
    id: command_id,
    correlationId: correlation_id,
    since: sent_at,
    log: { command_id, type },
  }),
  async apply(commands) {
    const handled = await handle(commands);
    if (handled.failures.size < commands.length) await wakeRelay();
    return handled;
  },
});

export const commandQueueHandler = <C extends DomainCommand>(queue: CommandQueue<C>, readDb: Db) =>
  consumerHandler(commandConsumer(queue), readDb);
