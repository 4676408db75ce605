// The one table: who hears of which events. The relay, the queues of serverless.yml, /metrics, redrive and reconcile
// follow these names; test/unit/serverless.test.ts holds them together.

import { AppError } from './core/errors.ts';
import { orderEvents } from './orders/order.ts';
import { productEvents } from './products/product.ts';
import { lowStockEventTypes } from './products/stock-watch.ts';
import { supplierEvents } from './products/supplier.ts';
import { recordEvents, recordReadsEvents } from './records/record.ts';
import { ticketEvents } from './tickets/ticket.ts';

interface Subscription {
  eventTypes: readonly string[];
}

export const subscriptions = {
  'orders-projector': { eventTypes: Object.keys(orderEvents) },
  'products-projector': { eventTypes: Object.keys({ ...productEvents, ...supplierEvents }) },
  'products-audit-log': { eventTypes: Object.keys(productEvents) },
  'products-low-stock-alert': { eventTypes: lowStockEventTypes },
  'records-projector': { eventTypes: Object.keys({ ...recordEvents, ...recordReadsEvents }) },
  'tickets-projector': { eventTypes: Object.keys(ticketEvents) },
} as const satisfies Record<string, Subscription>;

export type SubscriptionName = keyof typeof subscriptions;

const byType = new Map<string, SubscriptionName[]>();
for (const name of Object.keys(subscriptions) as SubscriptionName[]) {
  for (const type of subscriptions[name].eventTypes) byType.set(type, [...(byType.get(type) ?? []), name]);
}

/** The subscriptions that hear of this type of event. */
export const subscriptionsOf = (type: string): readonly SubscriptionName[] => byType.get(type) ?? [];

export const isSubscription = (name: string): name is SubscriptionName => Object.hasOwn(subscriptions, name);

/** The event types that a subscription hears of; none where there is no such subscription. */
export const eventTypesOf = (name: string): readonly string[] =>
  isSubscription(name) ? subscriptions[name].eventTypes : [];

/** Aggregates whose documents carry the state: their old events may go (EVENT_RETENTION_DAYS). */
export const stateStoredTypes: readonly string[] = ['Ticket', 'Record', 'RecordReads'];

/** The queues that domains take commands from; see core/commands/queued-commands.ts. */
export const commandQueues = ['products-commands', 'records-commands'] as const;

/** Every queue, by its name without prefix: each has its dead letters beside it. */
export const queueNames: readonly string[] = [...Object.keys(subscriptions), ...commandQueues];

/** @throws AppError `invalid_input` where no queue has this name. */
export const requireQueue = (name: string): void => {
  if (queueNames.includes(name)) return;
  throw new AppError(
    'invalid_input',
    `There is no subscription ${name}; there are: ${queueNames.join(', ')}`,
  );
};
