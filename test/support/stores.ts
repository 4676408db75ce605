// The two stores, ready for the suite that both must pass.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { type CommandContext, type CommandResult, commandHandler } from '../../lib/core/commands/handle.ts';
import { eventSourced } from '../../lib/core/stores/event-sourced.ts';
import { stateStored } from '../../lib/core/stores/state-stored.ts';
import type { AggregateStore } from '../../lib/core/stores/store.ts';
import {
  type Counter,
  type CounterEvent,
  counterState,
  counterDecider as decider,
  counterEvents as eventTypes,
} from './counter.ts';

type Store = AggregateStore<Counter | undefined, CounterEvent>;

export const streamType = 'Counter';
export const openCounters = (db: Db): Store =>
  stateStored({ db, streamType, collection: 'counters', decider, state: counterState, eventTypes });

export const stores: { name: string; open(db: Db): Store }[] = [
  {
    name: 'the state-stored one',
    open: openCounters,
  },
  {
    name: 'the event-sourced one',
    open: (db) =>
      eventSourced({
        db,
        streamType,
        decider,
        eventTypes,
        snapshots: { every: 1_000, state: counterState.data },
      }),
  },
  {
    name: 'the event-sourced one with a snapshot each third event',
    open: (db) =>
      eventSourced({
        db,
        streamType,
        decider,
        eventTypes,
        snapshots: { every: 3, state: counterState.data },
      }),
  },
];

/** A store and its handler of commands, and the id of an aggregate that is not there yet. */
export const setUpStore = (store: Store, deadlineMs?: number) => ({
  store,
  handle: commandHandler(store, decider, deadlineMs === undefined ? {} : { deadlineMs }),
  id: randomUUID(),
});

export const context = (fields: Partial<CommandContext> = {}): CommandContext => ({
  commandId: randomUUID(),
  correlationId: 'contract',
  ...fields,
});
export const keyed = (idempotencyKey: string, requestHash = 'hash') =>
  context({ idempotencyKey, requestHash });

export const dense = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

export const codesOf = (settled: PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [Reflect.get(one.reason, 'code')] : []));

export const resultsOf = (settled: PromiseSettledResult<CommandResult>[]): CommandResult[] =>
  settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
