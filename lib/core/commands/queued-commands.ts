// Commands that travel as values, through a queue. Guarantees: each takes effect once, by its `command_id`, however
// often and in whatever batch it is delivered: the ids stand on the events that it caused, in the same write. A batch's
// commands on one aggregate are folded into few events. One bad command fails alone.
// Not guaranteed: order, or that a command which changes nothing is remembered; it changes nothing again.
import { randomUUID } from 'node:crypto';
import { applyEach, type Outcome } from '../apply-each.ts';
import type { Decider, DomainCommand, DomainEvent } from '../decider.ts';
import type { EventMetadata, RecordedEvent } from '../events.ts';
import type { AggregateStore } from '../stores/store.ts';
import { untilDecided } from './until-decided.ts';

export type QueuedCommand<C extends DomainCommand = DomainCommand> = C & {
  command_id: string;
  correlation_id: string;
  causation_id: string;
  traceparent?: string;
  sent_at: Date;
};

/** What a command comes from: a request. */
export interface Origin {
  correlationId: string;
  traceparent?: string | undefined;
}

/** The command as its queue takes it, with what travels along. */
export const toQueuedCommand = <C extends DomainCommand>(
  command: C,
  { correlationId, traceparent }: Origin,
  commandId: string = randomUUID(),
): QueuedCommand<C> => ({
  ...command,
  command_id: commandId,
  correlation_id: correlationId,
  causation_id: commandId,
  ...(traceparent === undefined ? {} : { traceparent }),
  sent_at: new Date(),
});

export type Handled<C extends DomainCommand> = Outcome<QueuedCommand<C>>;

export interface QueuedCommandsOptions<C extends DomainCommand, S, E extends DomainEvent> {
  store: AggregateStore<S, E>;
  decider: Decider<C, S, E>;
  /** The id of the aggregate that the command is for. */
  target(command: C): string;
  /** Fewer commands that say the same, all of one aggregate: ten views as one of ten. */
  merge(commands: C[]): C[];
  /** How long lost races are tried again. */
  deadlineMs?: number;
  onAppended?: (events: RecordedEvent<E>[]) => Promise<void>;
}

export type HandleQueuedCommands<C extends DomainCommand> = (
  commands: QueuedCommand<C>[],
) => Promise<Handled<C>>;

/** The first command stands for all in an event's metadata; the others are named beside it. */
const toMetadata = <C extends DomainCommand>(
  first: QueuedCommand<C>,
  others: QueuedCommand<C>[],
): EventMetadata => ({
  command_id: first.command_id,
  correlation_id: first.correlation_id,
  causation_id: first.causation_id,
  ...(first.traceparent === undefined ? {} : { traceparent: first.traceparent }),
  requested_at: first.sent_at,
  ...(others.length === 0
    ? {}
    : {
        merged_commands: others.map(({ command_id, correlation_id }) => ({ command_id, correlation_id })),
      }),
});

export const queuedCommandsHandler = <C extends DomainCommand, S, E extends DomainEvent>({
  store,
  decider,
  target,
  merge,
  deadlineMs = 5_000,
  onAppended,
}: QueuedCommandsOptions<C, S, E>): HandleQueuedCommands<C> => {
  /** Gives the commands that took effect now. */
  const attempt = async (id: string, commands: QueuedCommand<C>[]): Promise<QueuedCommand<C>[]> => {
    const known = await store.findKeys(commands.map(({ command_id }) => command_id));
    // A batch may bring a command twice, and its keys are unique between writes only.
    const byId = new Map(commands.map((command) => [command.command_id, command]));
    const fresh = [...byId.values()].filter(({ command_id }) => !known.has(command_id));
    const [first, ...others] = fresh;
    if (first === undefined) return [];
    const from = await store.load(id);
    const events: E[] = [];
    let next = from.state;
    for (const command of merge(fresh)) {
      const made = decider.decide(command, next);
      next = made.reduce(decider.evolve, next);
      events.push(...made);
    }
    if (events.length === 0) return fresh;
    const commandIds = fresh.map(({ command_id }) => command_id);
    const metadata = toMetadata(first, others);
    const appended = await store.append(id, {
      from,
      next,
      events,
      metadata,
      commands: fresh,
      commandIds,
    });
    await onAppended?.(appended);
    return fresh;
  };

  /** One group is one aggregate's; what several of it cannot do together, each tries alone. */
  const handleGroup = (id: string, group: QueuedCommand<C>[]): Promise<Handled<C>> =>
    applyEach({
      messages: group,
      idOf: ({ command_id }) => command_id,
      async apply(messages) {
        const applied = await untilDecided(() => attempt(id, messages), deadlineMs);
        return { applied, duplicates: messages.length - applied.length, failures: new Map() };
      },
    }).catch((outage: unknown) => ({
      applied: [],
      duplicates: 0,
      failures: new Map(group.map(({ command_id }) => [command_id, outage])),
    }));

  return async (commands) => {
    const groups = Map.groupBy(commands, target);
    const handled = await Promise.all([...groups].map(([id, group]) => handleGroup(id, group)));
    return {
      applied: handled.flatMap(({ applied }) => applied),
      duplicates: handled.reduce((sum, { duplicates }) => sum + duplicates, 0),
      failures: new Map(handled.flatMap(({ failures }) => [...failures])),
    };
  };
};
