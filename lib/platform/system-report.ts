// What /metrics says: one look at all parts of the system.

import { databaseTime } from '../core/database-time.ts';
import type { Catalogue } from '../core/domains/catalogue.ts';
import { addBehind, type Behind, isWithin } from '../core/observe/behind.ts';
import { createBehindMeter } from '../core/observe/behind-meter.ts';
import { listHeard } from '../core/observe/heard.ts';
import { summarizeLags } from '../core/projection/lag.ts';
import type { Resources } from '../core/projection/subscriber.ts';
import { listRebuildProgress, type RebuildProgress } from '../core/repair/rebuild.ts';
import { nextPosition } from '../core/stores/event-log.ts';
import { type Backlog, measureBacklog, measureQueue, type QueueMetrics } from './observe.ts';
import {
  createWaitWatch,
  isSilent,
  type ReconcileState,
  type RelayState,
  reconcileName,
  reconcileState,
  relayState,
} from './silence.ts';

interface Consumed extends QueueMetrics {
  silent: boolean;
}

export interface SubscriptionReport extends Consumed {
  subscription: string;
  behind: Behind;
  within_contract: boolean;
}

export interface CommandQueueReport extends Consumed {
  queue: string;
}

export interface SystemReport {
  at: Date;
  within_contract: boolean;
  read_lag_ms: number;
  behind: Behind;
  backlog: Backlog;
  last_position: number;
  relay: RelayState;
  reconcile: ReconcileState;
  subscriptions: SubscriptionReport[];
  command_queues: CommandQueueReport[];
  rebuilds: RebuildProgress[];
}

const lagMinutes = 5;

/** Kept for a container's life: what was found in effect once is not asked for again. */
export const createReporter = (catalogue: Catalogue, resources: Resources, readLagMs: number) => {
  const { writeDb, readDb } = resources;
  const subscribers = catalogue.openSubscribers(resources);
  const meter = createBehindMeter({ writeDb, readDb, subscribers, readLagMs });
  const waitingMs = createWaitWatch();
  const startedAt = new Date();

  return async (): Promise<SystemReport> => {
    const [at, backlog, position, heard, lags, measured] = await Promise.all([
      databaseTime(writeDb),
      measureBacklog(writeDb),
      nextPosition(writeDb),
      listHeard(readDb),
      summarizeLags(readDb, lagMinutes),
      meter.measure(),
    ]);
    const subscription = async (name: string): Promise<SubscriptionReport> => {
      const queue = await measureQueue(name, { lags, heard });
      const behind = measured.get(name) ?? addBehind([]);
      return {
        subscription: name,
        within_contract: isWithin(behind),
        ...queue,
        silent: isSilent(queue.heard_at, behind.oldest_waiting_ms, at),
        behind,
      };
    };
    const commandQueue = async (name: string): Promise<CommandQueueReport> => {
      const queue = await measureQueue(name, { lags, heard });
      return { queue: name, ...queue, silent: isSilent(queue.heard_at, waitingMs(name, queue.waiting), at) };
    };
    const [relay, subscriptions, command_queues, rebuilds] = await Promise.all([
      relayState(writeDb, backlog.oldest_pending_ms, at),
      Promise.all(subscribers.map(({ name }) => subscription(name))),
      Promise.all(catalogue.commandQueues.map(commandQueue)),
      listRebuildProgress(
        readDb,
        catalogue.readModels.map(({ projection }) => projection.name),
      ),
    ]);
    return {
      at,
      within_contract: subscriptions.every(({ within_contract }) => within_contract),
      read_lag_ms: readLagMs,
      behind: addBehind(subscriptions.map(({ behind }) => behind)),
      backlog,
      last_position: position - 1,
      relay,
      reconcile: reconcileState(heard.get(reconcileName), startedAt, at),
      subscriptions,
      command_queues,
      rebuilds,
    };
  };
};
