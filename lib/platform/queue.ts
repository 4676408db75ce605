// The consumer of a subscriber's queue: events, as the relay sends them.
import * as z from 'zod';
import type { RecordedEvent } from '../core/events.ts';
import type { Subscriber, SubscriberDefinition } from '../core/projection/subscriber.ts';
import { consumerHandler, parseMessage } from './consumer.ts';
import type { Consumer } from './deliveries.ts';
import { resources } from './resources.ts';

/** An event as a queue carries it. */
export const eventMessage = z.object({
  event_id: z.string().min(1),
  stream_id: z.string().min(1),
  stream_type: z.string().min(1),
  version: z.int().min(1),
  type: z.string().min(1),
  schema_version: z.int().min(1),
  data: z.record(z.string(), z.unknown()),
  metadata: z.object({
    command_id: z.string(),
    correlation_id: z.string(),
    causation_id: z.string(),
    traceparent: z.string().exactOptional(),
    requested_at: z.iso
      .datetime()
      .transform((time) => new Date(time))
      .exactOptional(),
    request_hash: z.string().exactOptional(),
    merged_commands: z
      .array(z.object({ command_id: z.string(), correlation_id: z.string() }))
      .exactOptional(),
  }),
  recorded_at: z.iso.datetime().transform((time) => new Date(time)),
});

export const eventConsumer = (subscriber: Subscriber): Consumer<RecordedEvent> => ({
  name: subscriber.name,
  parse: (body) => parseMessage(eventMessage, body),
  describe: ({ event_id, type, version, metadata, recorded_at }) => ({
    id: event_id,
    correlationId: metadata.correlation_id,
    since: recorded_at,
    log: { event_id, type, version },
  }),
  apply: (events) => subscriber.apply(events),
});

/** A subscriber as the Lambda function behind its queue. */
export const queueHandler = (subscriber: SubscriberDefinition) =>
  consumerHandler(eventConsumer(subscriber.create(resources)), resources.readDb);
