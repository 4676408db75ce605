// PROJECTION_MODE: a domain's read models may be projected before its command answers. The queue stays behind it, so
// that what fails here is projected a moment later, and the command has succeeded all the same.

import type { HandlerOptions } from '../core/commands/handle.ts';
import type { DomainEvent } from '../core/decider.ts';
import type { RecordedEvent } from '../core/events.ts';
import type { SubscriberDefinition } from '../core/projection/subscriber.ts';
import { config } from './config.ts';
import { createLog } from './logger.ts';
import { resources } from './resources.ts';

const isInline = (domain: string, mode: string): boolean =>
  mode === 'inline' || mode.split(',').includes(`${domain}=inline`);

/** The options that make a domain's commands project inline if its mode says so; none otherwise. */
export const inlineProjection = <E extends DomainEvent>(
  domain: string,
  projector: SubscriberDefinition,
  mode = config.PROJECTION_MODE,
  databases = resources,
): HandlerOptions<E> => {
  if (!isInline(domain, mode)) return {};
  const { name, apply } = projector.create(databases);
  const log = createLog(`${domain}-inline`, { subscription: name });
  const warn = ({ event_id, type, version, metadata }: RecordedEvent, error: unknown): void =>
    log.warn('not projected inline', {
      event_id,
      type,
      version,
      correlation_id: metadata.correlation_id,
      error: String(error),
    });
  return {
    async onAppended(events) {
      try {
        const { failures } = await apply(events);
        for (const event of events)
          if (failures.has(event.event_id)) warn(event, failures.get(event.event_id));
      } catch (error) {
        for (const event of events) warn(event, error);
      }
    },
  };
};
