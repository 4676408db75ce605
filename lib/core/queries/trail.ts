// The events of an aggregate as a caller may see them: each type in today's shape, with the fields that are named for it
// and no other.
import * as z from 'zod';
import type { DomainEvent } from '../decider.ts';
import { type EventTypes, type RecordedEvent, upcast } from '../events.ts';

/** How a type of event is shown: the shape of its data, and the way to it; as it is recorded if there is none. */
interface Shown<D> {
  data: z.ZodType<object>;
  of?: (data: D) => object;
}

type ShownEvents<E extends DomainEvent> = {
  [T in E['type']]: Shown<Extract<E, { type: T }>['data']>;
};

const shownEvent = z.object({
  type: z.string(),
  version: z.int(),
  recorded_at: z.date(),
  data: z.object({}).loose(),
  correlation_id: z.string(),
});
export type ShownEvent = Omit<z.infer<typeof shownEvent>, 'data'> & { data: object };

export interface Trail {
  schema: z.ZodType<ShownEvent>;
  /** @throws AppError `unknown_event` if the event is not of this code's types or versions. */
  show(recorded: RecordedEvent): ShownEvent;
}

export const createTrail = <E extends DomainEvent>(eventTypes: EventTypes, shown: ShownEvents<E>): Trail => {
  const all: [string, Shown<never>][] = Object.entries(shown);
  const byType = new Map(all);
  const { version, recorded_at, correlation_id } = shownEvent.shape;
  const shapes = all.map(([type, { data }]) =>
    z.strictObject({ type: z.literal(type), version, recorded_at, data, correlation_id }),
  );
  return {
    schema: z.union(shapes),
    show(recorded) {
      const event = upcast(eventTypes, recorded);
      const { of } = byType.get(event.type) ?? {};
      const data = of === undefined ? event.data : of(event.data as never);
      const { type, version: at, recorded_at: time, metadata } = event;
      return { type, version: at, recorded_at: time, data, correlation_id: metadata.correlation_id };
    },
  };
};
