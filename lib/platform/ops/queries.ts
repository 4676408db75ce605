// What operators can look at in the log. Every query is cut by a limit and goes by an index.
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { anyText, pageSize, wholeNumber } from '../../core/fields.ts';
import { findEvent, listEvents } from '../../core/ops/log.ts';
import { findPlaces } from '../../core/ops/places.ts';
import { findTrace } from '../../core/ops/trace.ts';
import { config } from '../config.ts';
import { endpoint } from '../http/endpoint.ts';
import type { Looking } from './looking.ts';
import { nextPage } from './paging.ts';
import { eventDetail, eventList, trace } from './schemas/log.ts';
import { sendingOf, toLoggedEvent, toPlace } from './wire.ts';

const name = anyText(400);

export const listLog = endpoint({
  summary: 'The log in order of position, or the newest first',
  operators: true,
  input: z.strictObject({
    order: z.enum(['asc', 'desc']).default('asc'),
    after_position: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
    stream_type: name.optional(),
    type: name.optional(),
    stream_id: name.optional(),
    correlation_id: name.optional(),
    limit: pageSize(50),
  }),
  answer: eventList,
  async handle(query, { writeDb }: Looking) {
    const { events, next } = await listEvents(writeDb, query);
    return {
      items: events.map((event) => toLoggedEvent(event)),
      next_cursor: next === undefined ? null : String(next),
    };
  },
  headers: ['Link'],
  headersOf: nextPage('after_position'),
});

export const getEvent = endpoint({
  summary: 'An event, and where it is for each subscriber',
  operators: true,
  input: z.strictObject({ event_id: anyText(400) }),
  answer: eventDetail,
  async handle({ event_id }, { writeDb, readDb, subscribers }: Looking) {
    const event = await findEvent(writeDb, event_id);
    if (event === undefined) throw new AppError('not_found', 'There is no such event');
    const places = await findPlaces({ readDb, subscribers }, [event]);
    return {
      ...toLoggedEvent(event),
      data: event.data as Record<string, unknown>,
      ...sendingOf(event),
      subscribers: places.map((place) => toPlace(place, config.MAX_ATTEMPTS)),
    };
  },
});

export const getTrace = endpoint({
  summary: 'All that one request caused, in order',
  operators: true,
  input: z.strictObject({ correlation_id: anyText(400) }),
  answer: trace,
  async handle({ correlation_id }, { writeDb, readDb, subscribers }: Looking) {
    const found = await findTrace({ writeDb, readDb, subscribers }, correlation_id);
    if (found === undefined) throw new AppError('not_found', 'Nothing is known of this correlation id');
    const start = found.started_at.getTime();
    const steps = found.steps.map((step) => ({
      ...step,
      ms: step.at === null ? null : step.at.getTime() - start,
    }));
    const duration_ms = Math.max(0, ...steps.map(({ ms }) => ms ?? 0));
    return { correlation_id, ...found, duration_ms, steps };
  },
});
