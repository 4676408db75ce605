// Every subscriber with what it is made of, for reconcile. Each one's own function imports it directly.
import type { Db } from 'mongodb';
import type { Subscriber } from './core/subscriber.ts';
import { ordersProjector } from './orders/projections.ts';
import type { SubscriptionName } from './subscriptions.ts';
import { ticketsProjector } from './tickets/projections.ts';

type Create = (writeDb: Db, readDb: Db) => Subscriber;

const creators: Record<SubscriptionName, Create> = {
  'orders-projector': ordersProjector,
  'tickets-projector': ticketsProjector,
};

export const subscribers = (writeDb: Db, readDb: Db): Subscriber[] =>
  Object.values(creators).map((create) => create(writeDb, readDb));
