// Load, decide, append: how every command takes effect. Guarantees: a command with a key takes effect once, also when
// two retries race; without an expected version a lost race is run again on the newer state, so no update is lost.
// Of all requests under one key, one is decided, at the state that it met. Its twins get its answer, also if another
// writer has come between and they would be decided otherwise; other requests get `idempotency_key_reused`. So a keyed
// command that changed nothing stays without effect, whatever its twin meets.
// Not guaranteed: success. Past `deadlineMs` of lost races the caller gets `version_conflict`.
import type { Decider, DomainCommand, DomainEvent } from '../decider.ts';
import { AppError } from '../errors.ts';
import { type EventMetadata, type RecordedEvent, streamId } from '../events.ts';
import {
  type AggregateStore,
  type Append,
  type KeyedCommand,
  keyReused,
  type Loaded,
} from '../stores/store.ts';
import { inTurn } from './turns.ts';
import { notCertain, untilDecided } from './until-decided.ts';

/** What travels with a command: who sent it, and under which conditions it may take effect. */
export interface CommandContext {
  commandId: string;
  correlationId: string;
  causationId?: string;
  traceparent?: string;
  requestedAt?: Date;
  /** The versions at which the caller wants it to take effect: at one of them. */
  expectedVersions?: number[];
  /** Only of what exists already. */
  mustExist?: boolean;
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
  ...(context.requestedAt === undefined ? {} : { requested_at: context.requestedAt }),
  ...(context.requestHash === undefined ? {} : { request_hash: context.requestHash }),
});

const replay = (earlier: KeyedCommand, context: CommandContext): CommandResult => {
  if (context.requestHash !== undefined && earlier.request_hash !== context.requestHash) {
    throw keyReused();
  }
  return { id: earlier.id, version: earlier.version, commandId: earlier.command_id, replayed: true };
};

/** A caller's expectation that does not hold is a failed precondition, but only of something that exists. */
const decideAt = <C extends DomainCommand, S, E extends DomainEvent>(
  decider: Decider<C, S, E>,
  command: C,
  { state, version }: Loaded<S>,
  { expectedVersions: expected, mustExist = false }: CommandContext,
): E[] => {
  const isMet = (expected === undefined || expected.includes(version)) && !(mustExist && version === 0);
  const failed = (): AppError =>
    new AppError('precondition_failed', `The version is ${version}, and not one that the request expects`);
  if (!isMet && version > 0) throw failed();
  const events = decider.decide(command, state);
  if (!isMet) throw failed();
  return events;
};

const toAppend = <C extends DomainCommand, S, E extends DomainEvent>(
  { evolve }: Decider<C, S, E>,
  command: C,
  from: Loaded<S>,
  events: E[],
  context: CommandContext,
): Append<S, E> => {
  const metadata = toMetadata(context);
  const { command_id, correlation_id, causation_id } = metadata;
  const key = context.idempotencyKey;
  return {
    from,
    next: events.reduce(evolve, from.state),
    events,
    metadata,
    commands: [{ ...command, command_id, correlation_id, causation_id }],
    ...(key === undefined ? {} : { key }),
  };
};

/** A handler of all commands of one aggregate type. */
export const commandHandler = <C extends DomainCommand, S, E extends DomainEvent>(
  store: AggregateStore<S, E>,
  decider: Decider<C, S, E>,
  { deadlineMs = 8_000, onAppended }: HandlerOptions<E> = {},
): HandleCommand<C> => {
  /**
   * What writes nothing, a refusal too, collides with nothing: so it must not rest on what a fail-over may take back, nor
   * on the effect of the same command sent twice. Gives what that one answered, if there was one.
   */
  const findOwnEffect = async (
    id: string,
    version: number,
    key: string | undefined,
  ): Promise<KeyedCommand | undefined> => {
    if ((await store.load(id, 'majority')).version < version) throw notCertain();
    return key === undefined ? undefined : store.findByKey(key);
  };

  const changeNothing = async (
    id: string,
    version: number,
    context: CommandContext,
  ): Promise<CommandResult> => {
    const { commandId, idempotencyKey: key, requestHash: request_hash } = context;
    const answer = { id, version, command_id: commandId, request_hash };
    const earlier =
      (await findOwnEffect(id, version, key)) ??
      (key === undefined ? undefined : await store.rememberUnchanged(key, answer));
    return earlier === undefined ? { id, version, commandId, replayed: false } : replay(earlier, context);
  };

  const attempt = async (
    { id, command, isNew }: Target<C>,
    context: CommandContext,
  ): Promise<CommandResult> => {
    const from: Loaded<S> = isNew ? { state: decider.initialState, version: 0 } : await store.load(id);
    const { idempotencyKey: key, commandId } = context;
    let events: E[];
    try {
      events = decideAt(decider, command, from, context);
    } catch (refusal) {
      const earlier = key === undefined ? undefined : await findOwnEffect(id, from.version, key);
      if (earlier === undefined) throw refusal;
      return replay(earlier, context);
    }
    if (events.length === 0) return changeNothing(id, from.version, context);
    const appended = await store.append(id, toAppend(decider, command, from, events, context));
    await onAppended?.(appended);
    return { id, version: from.version + events.length, commandId, replayed: false };
  };

  const decided: HandleCommand<C> = (target, context) => {
    const { idempotencyKey: key } = context;
    // Most keys are new. One that is not stops whatever comes of the first attempt, and is looked up then.
    let isAgain = false;
    return untilDecided(async () => {
      const earlier = isAgain && key !== undefined ? await store.findByKey(key) : undefined;
      isAgain = true;
      return earlier === undefined ? attempt(target, context) : replay(earlier, context);
    }, deadlineMs);
  };

  return (target, context) =>
    target.isNew
      ? decided(target, context)
      : inTurn(streamId(store.streamType, target.id), () => decided(target, context));
};
