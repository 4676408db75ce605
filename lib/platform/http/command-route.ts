// From a request to a command and back to an answer: idempotency, preconditions, ETag, Location.
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { CommandContext, CommandResult } from '../../core/commands/handle.ts';
import { parseInput } from '../fields.ts';
import { wakeRelay } from '../wake-relay.ts';
import { gather, hashOf, idempotencyKeyOf } from './command-request.ts';
import type { HttpAnswer, Route } from './stack.ts';

interface CommandRoute<I extends z.ZodObject> {
  /** Path parameters, query parameters and body fields together, strictly. */
  input: I;
  /** Which of the input's fields come from the query where the body has none. */
  queryFields?: string[];
  send(input: z.output<I>, context: CommandContext): Promise<CommandResult>;
  /** Set where the command creates: the path of what it created. */
  location?: (result: CommandResult) => string;
  /** Further fields of the answer. */
  answer?: (result: CommandResult, input: z.output<I>) => Record<string, unknown>;
}

export const commandRoute =
  <I extends z.ZodObject>({
    input: schema,
    queryFields = [],
    send,
    location,
    answer,
  }: CommandRoute<I>): Route =>
  async (request): Promise<HttpAnswer> => {
    const idempotencyKey = idempotencyKeyOf(request);
    const { input: raw, expectedVersions } = gather(request, queryFields);
    const input = parseInput(schema, raw);
    const result = await send(input, {
      commandId: idempotencyKey ?? randomUUID(),
      correlationId: request.correlationId,
      expectedVersions,
      ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: hashOf(request, input) }),
    });
    // A replayed one too: whoever handled it first may have died before it did this.
    await wakeRelay();
    const { id, version: reached } = result;
    return {
      status: location === undefined ? 200 : 201,
      headers: {
        etag: `"${reached}"`,
        ...(location === undefined ? {} : { location: location(result) }),
        ...(result.replayed ? { 'idempotency-replayed': 'true' } : {}),
      },
      body:
        answer === undefined ? { id, version: reached } : { id, version: reached, ...answer(result, input) },
    };
  };
