// From a request to a command and back to an answer: idempotency, preconditions, ETag, Location.
import { randomUUID } from 'node:crypto';
import type { CommandBus } from '../../core/commands/bus.ts';
import type { AnyCommand } from '../../core/commands/command.ts';
import type { MessageOf } from '../../core/messages.ts';
import { parseInput } from '../parse-input.ts';
import { wakeRelay } from '../wake-relay.ts';
import { gather, hashOf } from './command-request.ts';
import type { HttpAnswer, Route, Routes } from './stack.ts';

const commandRoute =
  <V extends AnyCommand>(value: V, bus: CommandBus<V>): Route =>
  async (request): Promise<HttpAnswer> => {
    const { type, input, queryFields = [], locate, answer } = value;
    const asked = gather(request, { queryFields, hasVersion: true });
    const { idempotencyKey } = asked;
    const data = parseInput(input, asked.input, asked.faults);
    const result = await bus.send({ type, data } as MessageOf<V>, {
      commandId: idempotencyKey ?? randomUUID(),
      correlationId: request.correlationId,
      requestedAt: request.receivedAt,
      ...asked.conditions,
      ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: hashOf(request, data) }),
    });
    // A replayed one too: whoever handled it first may have died before it did this.
    await wakeRelay();
    const { id, version, commandId: command_id } = result;
    return {
      status: locate === undefined ? 200 : 201,
      headers: {
        ...(locate === undefined ? {} : { location: locate(result) }),
        ...(result.replayed ? { 'idempotency-replayed': 'true' } : {}),
      },
      body: { id, version, command_id, ...answer?.of(result) },
      version,
    };
  };

/** The routes of a table from a route's key to the command behind it. */
export const commandRoutes = <V extends AnyCommand>(table: Record<string, V>, bus: CommandBus<V>): Routes =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, commandRoute(value, bus)]));
