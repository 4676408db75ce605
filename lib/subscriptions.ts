// The one table: who hears of which events. The relay, the queues of serverless.yml, /metrics, redrive and reconcile
// follow these names; test/unit/serverless.test.ts holds them together.
import { ticketEvents } from './tickets/ticket.ts';

interface Subscription {
  eventTypes: readonly string[];
}

export const subscriptions = {
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
