// What a product's stock did, followed event by event: the alerts that it opened and closed. Pure.
import { aggregateId, type RecordedEvent } from '../core/events.ts';
import type { Step } from '../core/projection/following.ts';
import type { ProductEvent, ProductEventType } from './product.ts';

export const lowStockEventTypes = ['ProductCreated', 'StockUpdated'] as const satisfies ProductEventType[];

export interface Alert {
  /** The event that opened it. */
  event_id: string;
  product_id: string;
  name: string;
  threshold: number;
  /** It goes on changing while the alert is open. */
  stock: number;
  state: 'open' | 'closed';
  opened_at: Date;
  closed_at: Date | null;
}

/** A product's stock, and the alert that is open. `opened` is the version of the event that opened it. */
export interface StockWatch {
  name: string;
  stock: number;
  open: { opened: number; alert: Alert } | null;
}

interface StockStep extends Step {
  state: StockWatch;
}

const opening = (
  { name, stock }: Pick<StockWatch, 'name' | 'stock'>,
  { event_id, stream_id, version, recorded_at: opened_at }: RecordedEvent<ProductEvent>,
  threshold: number,
): StockWatch['open'] => ({
  opened: version,
  alert: {
    event_id,
    product_id: aggregateId(stream_id),
    name,
    threshold,
    stock,
    state: 'open',
    opened_at,
    closed_at: null,
  },
});

const documentOf = ({ opened, alert }: NonNullable<StockWatch['open']>) => ({ opened, content: alert });

/**
 * One event further. An alert opens when the stock comes to the threshold or below it, by a change or at the product's
 * creation; it closes when the stock is above.
 */
export const watchStock = (
  watch: StockWatch | undefined,
  event: RecordedEvent<ProductEvent>,
  threshold: number,
): StockStep => {
  if (event.type !== 'ProductCreated' && event.type !== 'StockUpdated')
    throw new Error(`Stock is not changed by ${event.type}`);
  if (event.type === 'StockUpdated' && watch === undefined)
    throw new Error(`${event.stream_id} does not begin with ProductCreated`);
  const name = event.type === 'ProductCreated' ? event.data.name : (watch?.name ?? '');
  const stock = event.type === 'ProductCreated' ? event.data.stock : event.data.to;
  const before = watch?.stock ?? Number.POSITIVE_INFINITY;
  const isLow = stock <= threshold;
  const open = watch?.open ?? null;
  if (open === null) {
    const opened = isLow && before > threshold ? opening({ name, stock }, event, threshold) : null;
    return {
      state: { name, stock, open: opened },
      ...(opened === null ? {} : { document: documentOf(opened) }),
    };
  }
  const alert: Alert = isLow
    ? { ...open.alert, stock }
    : { ...open.alert, stock, state: 'closed', closed_at: event.recorded_at };
  const changed = { opened: open.opened, alert };
  return { state: { name, stock, open: isLow ? changed : null }, document: documentOf(changed) };
};
