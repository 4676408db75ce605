// A domain as one value. lib/domains.ts lists the domains; queues, roles, alarms, metrics, rebuild, reconcile and the
// suites of the tests follow from that list. A fact that a domain states here stands nowhere else.
import type { Db } from 'mongodb';
import type { EventTypes } from '../events.ts';
import type { Index } from '../indexes.ts';
import type { ReadModelDefinition } from '../projection/read-model.ts';
import type { SubscriberDefinition } from '../projection/subscriber.ts';
import type { SettingTable } from '../settings.ts';
import type { StateShape } from '../shape.ts';

/** How a state follows from events: a decider without its rules. */
export interface Evolution {
  initialState: unknown;
  evolve(state: never, event: never): unknown;
}

/** One type of aggregate: what happens to it, and what is kept of it. */
export type Stream = {
  /** The first part of its stream ids: `Ticket` in `Ticket-0199…`. */
  type: string;
  eventTypes: EventTypes;
  evolution: Evolution;
  /** The aggregate as its document has it; absent if there is no document. Version 0 if there is no such aggregate. */
  load?(writeDb: Db, id: string): Promise<{ state: unknown; version: number }>;
  /** The collection that keeps its commands as they arrived, if one does: they go with its events. */
  commandLog?: string;
} & (
  | { /** The evolved document, whose old events may go. */ store: 'state'; state: StateShape }
  | { /** The events alone. */ store: 'events' }
);

export interface Domain {
  /** Also the name of its folder in `lib` and in `functions`. */
  name: string;
  streams: readonly Stream[];
  readModels: readonly ReadModelDefinition[];
  subscribers: readonly SubscriberDefinition[];
  /** The queues from which it takes commands of its own. */
  commandQueues?: readonly string[];
  /** Indexes beside those of the machine and of the read models. */
  indexes?: { write?: readonly Index[]; read?: readonly Index[] };
  settings?: SettingTable;
}
