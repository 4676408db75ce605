// What a product's stock did, followed event by event: the alerts that it opened and closed. Pure.
import { aggregateId, type RecordedEvent } from '../core/events.ts';
import type { View } from '../core/projection/projection.ts';
import type { ProductEvent, ProductEventType } from './product.ts';

export const lowStockEventTypes = ['ProductCreated', 'StockUpdated'] as const satisfies ProductEventType[];

export interface Alert {
  product_id: string;
  name: string;
  threshold: number;
  /** At `version`: it goes on changing while the alert is open. */
  stock: number;
  opened_at: Date;
  closed_at: Date | null;
}

/** How far a product's stream was followed: to `version`. */
export interface StockWatch {
  name: string;
  stock: number;
  open: View<Alert> | null;
}

export interface Followed {
  watch: View<StockWatch>;
  alerts: Map<string, View<Alert>>;
}

const stamp = ({ version, recorded_at }: RecordedEvent<ProductEvent>) => ({
  version,
  schema_version: 1,
  updated_at: recorded_at,
});

const nextAlert = (
  { name, stock: before, open }: StockWatch,
  stock: number,
  event: RecordedEvent<ProductEvent>,
  threshold: number,
): View<Alert> | undefined => {
  const fields = { stock, ...stamp(event) };
  if (open !== null) return { ...open, ...fields, closed_at: stock > threshold ? event.recorded_at : null };
  if (before <= threshold || stock > threshold) return undefined;
  const { event_id: _id, recorded_at: opened_at } = event;
  return {
    _id,
    product_id: aggregateId(event.stream_id),
    name,
    threshold,
    opened_at,
    closed_at: null,
    ...fields,
  };
};

/** One event further. A created product that is low from the start has crossed nothing. */
export const follow = (
  followed: Followed | undefined,
  event: RecordedEvent<ProductEvent>,
  threshold: number,
): Followed | undefined => {
  const _id = aggregateId(event.stream_id);
  if (event.type === 'ProductCreated') {
    const { name, stock } = event.data;
    return { watch: { _id, name, stock, open: null, ...stamp(event) }, alerts: new Map() };
  }
  if (followed === undefined || event.type !== 'StockUpdated') return followed;
  const { to: stock } = event.data;
  const alert = nextAlert(followed.watch, stock, event, threshold);
  if (alert !== undefined) followed.alerts.set(alert._id, alert);
  const open = alert !== undefined && alert.closed_at === null ? alert : null;
  return { ...followed, watch: { ...followed.watch, stock, open, ...stamp(event) } };
};
