// A read document folded in memory, from events of one aggregate that were recorded a day apart.
import type { DomainEvent } from '../../lib/core/decider.ts';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { fold, type Projection, type ReadDocument } from '../../lib/core/projection/projection.ts';

const dayMs = 86_400_000;

/** When the event of this version was recorded. */
export const dayOf = (version: number): Date => new Date(version * dayMs);

/** The events as they would be recorded, under the shapes of today. */
export const recordedDaily = <E extends DomainEvent>(
  { streamType, eventTypes }: Pick<Projection, 'streamType' | 'eventTypes'>,
  events: readonly E[],
): RecordedEvent<E>[] =>
  events.map(
    (event, index) =>
      ({
        ...event,
        event_id: `event-${index + 1}`,
        stream_id: `${streamType}-one`,
        stream_type: streamType,
        version: index + 1,
        schema_version: eventTypes[event.type]?.schema_version ?? 1,
        metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
        recorded_at: dayOf(index + 1),
      }) as RecordedEvent<E>,
  );

export const projected = (projection: Projection, events: readonly DomainEvent[]): ReadDocument => {
  const document = recordedDaily(projection, events).reduce<ReadDocument | undefined>(
    (before, event) => fold(projection, before, event),
    undefined,
  );
  if (document === undefined) throw new Error('there are no events');
  return document;
};
