// Load, decide, append: how every command takes effect. Guarantees: a command with a key takes effect once, also when
// two retries race; without an expected version a lost race is run again on the newer state, so no update is lost.
// Not guaranteed: success. Past `deadlineMs` of lost races the caller gets `version_conflict`.
import { backOff } from './back-off.ts';
import type { Decider, DomainCommand, DomainEvent } from './decider.ts';
import { AppError, isAppError } from './errors.ts';
import type { EventMetadata, RecordedEvent } from './events.ts';
import type { AggregateStore, KeyedCommand, Loaded } from './store.ts';

/** What travels with a command: who sent it, and under which conditions it may take effect. */
export interface CommandContext {
  commandId: string;
  correlationId: string;
  causationId?: string;
  traceparent?: string;
  /** The versions that the caller insists on; all of them must hold. */
  expectedVersions?: number[];
  /** Makes the command take effect once; `requestHash` tells the same request from another one. */
  idempotencyKey?: string;
  requestHash?: string;
}

export interface CommandResult {
  id: string;
  version: number;
  commandId: string;
  /** The answer to an earlier request with the same key. */
  replayed: boolean;
}

export interface HandlerOptions<E extends DomainEvent> {
  /** How long lost races are tried again. */
  deadlineMs?: number;
  /** Called with what was appended, before the command answers (inline projection). */
  onAppended?: (events: RecordedEvent<E>[]) => Promise<void>;
}

export interface Target<C> {
  id: string;
  command: C;
  /** The id was made for this command: nothing can be stored under it, so nothing is loaded. */
  isNew?: boolean;
}

export type HandleCommand<C> = (target: Target<C>, context: CommandContext) => Promise<CommandResult>;

const toMetadata = (context: CommandContext): EventMetadata => ({
  command_id: context.commandId,
  correlation_id: context.correlationId,
  causation_id: context.causationId ?? context.commandId,
  ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  ...(context.requestHash === undefined ? {} : { request_hash: context.requestHash }),
});

const replay = (earlier: KeyedCommand, context: CommandContext): CommandResult => {
  if (context.requestHash !== undefined && earlier.request_hash !== context.requestHash) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another request');
  }
  return { id: earlier.id, version: earlier.version, commandId: earlier.command_id, replayed: true };
};

/** A caller's expectation that does not hold is a failed precondition, but only of something that exists. */
const decideAt = <C extends DomainCommand, S, E extends DomainEvent>(
  decider: Decider<C, S, E>,
  command: C,
  { state, version }: Loaded<S>,
  expected: number[],
): E[] => {
  const unmet = expected.find((one) => one !== version);
  const failed = (): AppError =>
    new AppError('precondition_failed', `The version is ${version}, not ${unmet} as the request expects`);
  if (unmet !== undefined && version > 0) throw failed();
  const events = decider.decide(command, state);
  if (unmet !== undefined) throw failed();
  return events;
};

/** A handler of all commands of one aggregate type. */
export const commandHandler = <C extends DomainCommand, S, E extends DomainEvent>(
  store: AggregateStore<S, E>,
  decider: Decider<C, S, E>,
  { deadlineMs = 8_000, onAppended }: HandlerOptions<E> = {},
): HandleCommand<C> => {
  const attempt = async (
    { id, command, isNew }: Target<C>,
    context: CommandContext,
  ): Promise<CommandResult> => {
    const from: Loaded<S> = isNew ? { state: decider.initialState, version: 0 } : await store.load(id);
    const events = decideAt(decider, command, from, context.expectedVersions ?? []);
    const metadata = toMetadata(context);
    const { command_id, correlation_id, causation_id } = metadata;
    const commands = [{ ...command, command_id, correlation_id, causation_id }];
    const { idempotencyKey: key, commandId } = context;
    if (events.length === 0) {
      const { version } = from;
      if (key !== undefined) {
        await store.rememberUnchanged(key, {
          id,
          version,
          command_id: commandId,
          request_hash: context.requestHash,
        });
      }
      return { id, version, commandId, replayed: false };
    }
    const next = events.reduce(decider.evolve, from.state);
    const idempotencyKeys = key === undefined ? [] : [key];
    const appended = await store.append(id, { from, next, events, metadata, commands, idempotencyKeys });
    await onAppended?.(appended);
    return { id, version: from.version + events.length, commandId, replayed: false };
  };

  return async (target, context) => {
    const deadline = performance.now() + deadlineMs;
    for (let lost = 0; ; lost += 1) {
      const { idempotencyKey: key } = context;
      const earlier = key === undefined ? undefined : await store.findByKey(key);
      if (earlier !== undefined) return replay(earlier, context);
      try {
        return await attempt(target, context);
      } catch (error) {
        const mayRetry = isAppError(error, 'version_conflict') || isAppError(error, 'duplicate_command');
        if (!mayRetry || performance.now() > deadline) throw error;
        await backOff(lost);
      }
    }
  };
};
