// One aggregate as operators see it and mend it, and what the system is made of.
import * as z from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import { aggregateId } from '../../core/events.ts';
import { anyText, pageSize, wholeNumber } from '../../core/fields.ts';
import { lastVersionOf, stateAt } from '../../core/ops/aggregate.ts';
import { findPlaces } from '../../core/ops/places.ts';
import { eventRows } from '../../core/stores/event-rows.ts';
import { findPositions } from '../../core/stores/positions.ts';
import { config } from '../config.ts';
import { endpoint } from '../http/endpoint.ts';
import { callerOf } from './caller.ts';
import { invoke } from './invoke-command.ts';
import type { Looking } from './looking.ts';
import { mendInput, mendStream, streamIdLength } from './mend.ts';
import { nextPage } from './paging.ts';
import { aggregate, mendAnswer } from './schemas/aggregate.ts';
import { system } from './schemas/figures.ts';
import { toDocuments, toLoggedEvent } from './wire.ts';

// A key may end in `/mend`. If there is no such stream, it is the path of `mend` that is asked for.
const pathEnd = '/mend';

const findLastVersion = async (looking: Looking, stream_id: string): Promise<number> => {
  try {
    looking.streamOf(stream_id);
    return await lastVersionOf(looking.writeDb, stream_id);
  } catch (error) {
    if (!isAppError(error, 'not_found') || !stream_id.endsWith(pathEnd)) throw error;
    throw new AppError('method_not_allowed', 'Mending takes POST', { allow: 'POST' });
  }
};

export const getAggregate = endpoint({
  summary: 'Its events, its state at a version, its read documents beside what a replay gives',
  operators: true,
  input: z.strictObject({
    stream_id: anyText(streamIdLength + pathEnd.length),
    version: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    after_version: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
    limit: pageSize(50),
  }),
  answer: aggregate,
  async handle({ stream_id, version: asked, after_version, limit }, looking: Looking) {
    const { writeDb, readDb, subscribers } = looking;
    const last_version = await findLastVersion(looking, stream_id);
    const stream = looking.streamOf(stream_id);
    const version = Math.min(asked ?? last_version, last_version);
    const rows = await eventRows(writeDb)
      .find({ stream_id, version: { $gt: after_version } })
      .sort({ version: 1 })
      .limit(limit + 1)
      .toArray();
    const shown = rows.slice(0, limit);
    const ids = shown.map(({ _id }) => _id);
    const [positions, { state, error }, documents, places] = await Promise.all([
      findPositions(writeDb, ids),
      stateAt(writeDb, stream, stream_id, { version, isLast: version === last_version }),
      looking.documentsOf(stream_id),
      findPlaces({ readDb, subscribers }, shown),
    ]);
    const versions = new Map(shown.map((row) => [row._id, row.version]));
    const owed = places.filter((place) => place.state !== 'applied' && place.state !== 'discarded');
    return {
      stream_id,
      stream_type: stream.type,
      id: aggregateId(stream_id),
      store: stream.store,
      last_version,
      version,
      state: state as Record<string, unknown> | null,
      state_error: error,
      events: shown.map((row) => toLoggedEvent({ ...row, position: positions.get(row._id) ?? null })),
      next_cursor: rows.length > limit ? String(shown.at(-1)?.version) : null,
      ...toDocuments(documents),
      missing: owed.map(({ subscription, event_id }) => ({
        subscription,
        event_id,
        version: versions.get(event_id) ?? 0,
      })),
    };
  },
  headers: ['Link'],
  headersOf: nextPage('after_version'),
});

export const mend = endpoint({
  summary: 'Puts the read documents of one aggregate right',
  operators: true,
  input: mendInput,
  answer: mendAnswer,
  handle: (input, looking: Looking, request) => mendStream(looking, input, callerOf(request)),
});

export const getSystem = endpoint({
  summary: 'What the system is made of: domains, streams, read models, subscribers',
  operators: true,
  input: z.strictObject({}),
  answer: system,
  async handle(_, { catalogue, readDb }: Looking) {
    const count = (collection: string) => readDb.collection(collection).estimatedDocumentCount();
    const domains = catalogue.all.map(async (domain) => ({
      name: domain.name,
      streams: domain.streams.map(({ type, store, eventTypes }) => ({
        stream_type: type,
        store,
        event_types: Object.keys(eventTypes),
      })),
      read_models: await Promise.all(
        domain.readModels.map(async ({ projection, collection }) => ({
          projection: projection.name,
          collection,
          schema_version: projection.schemaVersion,
          documents: await count(collection),
        })),
      ),
      subscribers: domain.subscribers.map(({ name: subscription, hears }) => ({
        subscription,
        event_types: [...hears],
      })),
      command_queues: [...(domain.commandQueues ?? [])],
    }));
    return {
      service: 'tandem',
      stage: config.STAGE,
      invoke: invoke(),
      domains: await Promise.all(domains),
      max_attempts: config.MAX_ATTEMPTS,
      read_lag_ms: config.READ_LAG_MS,
    };
  },
});
