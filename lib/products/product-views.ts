// How often a product was looked at: an aggregate of its own, so that a look never moves the version that writers insist
// on, and never races a change. Pure.
import * as z from 'zod';
import type { Decider } from '../core/decider.ts';
import type { EventOf } from '../core/events.ts';

/** Up to now counted in the product's own stream, as `ProductViewed`: those events stay, and count. */
export const productViewsEvents = {
  ProductViewsCounted: { schema_version: 1, data: z.object({ count: z.int().min(1) }) },
};
export type ProductViewsEvent = EventOf<typeof productViewsEvents>;

/** A view as it travels through its queue. */
export const recordProductView = z.strictObject({
  type: z.literal('RecordProductView'),
  data: z.strictObject({ id: z.string(), count: z.int().min(1) }),
});
export type RecordProductView = z.infer<typeof recordProductView>;

export const productViewsState = z.object({ view_count: z.int() });

export type ProductViews = z.infer<typeof productViewsState>;

export const productViewsDecider: Decider<RecordProductView, ProductViews | undefined, ProductViewsEvent> = {
  initialState: undefined,
  decide: ({ data: { count } }) => [{ type: 'ProductViewsCounted', data: { count } }],
  evolve: (views, { data: { count } }) => ({ view_count: (views?.view_count ?? 0) + count }),
};

/** The views of one product as one command. */
export const mergeViews = (views: RecordProductView[]): RecordProductView[] => {
  const [first] = views;
  if (first === undefined) return [];
  const total = views.reduce((sum, { data }) => sum + data.count, 0);
  return [{ type: 'RecordProductView', data: { id: first.data.id, count: total } }];
};
