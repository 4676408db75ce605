// From a request to a command on its way: 202. What the command will meet is not known yet, so that no version can be
// insisted on; an Idempotency-Key makes the command's id, so that a retry is the same command.
import { createHash, randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { QueuedCommand } from '../../core/commands/queued-commands.ts';
import type { DomainCommand } from '../../core/decider.ts';
import { type KeyedCommand, keyReused } from '../../core/stores/store.ts';
import { parseInput } from '../fields.ts';
import { bad, gather, hashOf, idempotencyKeyOf } from './command-request.ts';
import type { HttpRequest } from './request.ts';
import type { Route } from './stack.ts';

interface QueuedCommandRoute<I extends z.ZodObject, C extends DomainCommand> {
  input: I;
  toCommand(input: z.output<I>): C;
  send(command: QueuedCommand<C>): Promise<void>;
  /** Keeps the command under its key; gives what was kept there before. */
  remember(key: string, command: KeyedCommand): Promise<KeyedCommand | undefined>;
  /** Further fields of the answer. */
  answer(input: z.output<I>): Record<string, unknown>;
}

/** One id for each key and path: another product's view with the same key is another command. */
const commandIdOf = (request: HttpRequest): string => {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return randomUUID();
  const { routeKey, params } = request;
  return createHash('sha256')
    .update(JSON.stringify([routeKey, params, key]))
    .digest('base64url');
};

/** The command as its queue takes it, with what travels along. */
export const toQueuedCommand = <C extends DomainCommand>(
  command: C,
  { correlationId, traceparent }: Pick<HttpRequest, 'correlationId' | 'traceparent'>,
  commandId: string = randomUUID(),
): QueuedCommand<C> => ({
  ...command,
  command_id: commandId,
  correlation_id: correlationId,
  causation_id: commandId,
  ...(traceparent === undefined ? {} : { traceparent }),
  sent_at: new Date(),
});

export const queuedCommandRoute =
  <I extends z.ZodObject, C extends DomainCommand>({
    input: schema,
    toCommand,
    send,
    remember,
    answer,
  }: QueuedCommandRoute<I, C>): Route =>
  async (request) => {
    const { input: raw, expectedVersions } = gather(request, []);
    if (expectedVersions.length > 0) throw bad('If-Match', 'cannot be promised for a command that is queued');
    const input = parseInput(schema, raw);
    const command = toQueuedCommand(toCommand(input), request, commandIdOf(request));
    const { command_id } = command;
    const key = idempotencyKeyOf(request);
    const kept = { id: '', version: 0, command_id, request_hash: hashOf(request, input) };
    const earlier = key === undefined ? undefined : await remember(key, kept);
    if (earlier !== undefined && earlier.request_hash !== kept.request_hash) throw keyReused();
    // Sent again with a retry too: whoever kept the key may have died before he sent, and an id takes effect once.
    await send(command);
    return {
      status: 202,
      ...(earlier === undefined ? {} : { headers: { 'idempotency-replayed': 'true' } }),
      body: { ...answer(input), command_id },
    };
  };
