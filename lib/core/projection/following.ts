// What a follower makes of a stream, and the write side of its two read models. The pure part, and reading streams.
import type { Db, Filter } from 'mongodb';
import {
  aggregateId,
  type EventRow,
  type EventTypes,
  fromRow,
  type RecordedEvent,
  streamId,
  upcast,
} from '../events.ts';
import type { ReadSettings } from '../settings.ts';
import { eventRows } from '../stores/event-rows.ts';
import { type ReadDocument, type Recomputed, type Source, toReadDocument } from './projection.ts';
import type { ReadModelDefinition } from './read-model.ts';
import { between, cutsOf, estimateRows, streamsOf } from './sources.ts';

/** Where an event leads. */
export interface Step {
  state: object;
  /** The document that the event opened, if `opened` is its own version, or changed. */
  document?: { opened: number; content: object };
}

type FollowedCollection = Pick<ReadModelDefinition, 'collection' | 'indexes'> & { name: string };

export interface Following {
  /** Of the subscription. */
  name: string;
  streamType: string;
  eventTypes: EventTypes;
  hears: readonly string[];
  /** Raised when the shape of states or documents changes. */
  schemaVersion: number;
  /** One for each aggregate, under its id. */
  states: FollowedCollection;
  /** Each under `<aggregate>@<version of the event that opened it>`. The ids of aggregates have one length, as UUIDs have. */
  documents: FollowedCollection;
  /** Pure. Only what `hears` names comes here, in order. */
  evolve(state: ReadDocument | undefined, event: RecordedEvent, settings: ReadSettings): Step;
}

export interface Opened {
  event: RecordedEvent;
  document: ReadDocument;
}

/** An aggregate as far as it was followed. */
export interface Followed {
  id: string;
  state?: ReadDocument;
  documents: Map<string, ReadDocument>;
  opened: Opened[];
  /** What stopped it, and at which version. */
  failure?: { version: number; error: unknown };
}

export const startAt = (id: string, state?: ReadDocument): Followed => ({
  id,
  ...(state === undefined ? {} : { state }),
  documents: new Map(),
  opened: [],
});

const documentId = (id: string, version: number): string => `${id}@${version}`;

/** The aggregate in the id of a document, or the id itself. */
export const ownerOf = (id: string): string => (id.includes('@') ? id.slice(0, id.lastIndexOf('@')) : id);

const advance = (following: Following, settings: ReadSettings, followed: Followed, row: EventRow): void => {
  const { version, recorded_at: updated_at } = row;
  if (followed.failure !== undefined) return;
  try {
    const event = upcast(following.eventTypes, fromRow(row));
    const { state, document: written } = following.evolve(followed.state, event, settings);
    followed.state = toReadDocument(following, state, { id: followed.id, version, updated_at });
    if (written === undefined) return;
    const id = documentId(followed.id, written.opened);
    const document = toReadDocument(following, written.content, { id, version, updated_at });
    followed.documents.set(id, document);
    if (written.opened === version) followed.opened.push({ event, document });
  } catch (error) {
    followed.failure = { version, error };
  }
};

/** Each aggregate that the rows are of, by ascending id, from where `starts` has it on. */
export async function* followStreams(
  writeDb: Db,
  { following, settings }: { following: Following; settings: ReadSettings },
  filter: Filter<EventRow>,
  starts: ReadonlyMap<string, Followed> = new Map(),
): AsyncGenerator<Followed> {
  const rows = eventRows(writeDb)
    .find({ ...filter, type: { $in: [...following.hears] } })
    .sort({ stream_id: 1, version: 1 });
  let current: Followed | undefined;
  for await (const row of rows) {
    const id = aggregateId(row.stream_id);
    if (current !== undefined && current.id !== id) yield current;
    if (current?.id !== id) current = starts.get(id) ?? startAt(id);
    advance(following, settings, current, row);
  }
  if (current !== undefined) yield current;
}

/** Which documents are kept of an aggregate: its state, or those that it has opened. */
interface Kept {
  documentsOf(followed: Followed): ReadDocument[];
  /** Finds those that are there. */
  thereOf(id: string, since: number): Filter<ReadDocument>;
}

const sourceOf = (
  following: Following,
  { documentsOf, thereOf }: Kept,
  writeDb: Db,
  settings: ReadSettings,
): Source => {
  const { streamType } = following;
  const parts = { following, settings };
  const recompute = (followed: Followed): Recomputed[] =>
    followed.failure === undefined
      ? documentsOf(followed).map((document) => ({ id: document._id, document }))
      : [{ id: followed.id, error: followed.failure.error }];
  return {
    async current(ids) {
      const wanted = Map.groupBy(
        ids.filter((id) => typeof id === 'string'),
        ownerOf,
      );
      const streams = [...wanted.keys()].map((id) => streamId(streamType, id));
      const found: Recomputed[] = [];
      for await (const followed of followStreams(writeDb, parts, { stream_id: { $in: streams } })) {
        const own = new Set(wanted.get(followed.id));
        const { failure } = followed;
        if (failure !== undefined) found.push(...[...own].map((id) => ({ id, error: failure.error })));
        else found.push(...recompute(followed).filter(({ id }) => own.has(id)));
      }
      return found;
    },
    async ofAggregate(id, since) {
      const stream_id = streamId(streamType, id);
      const found: Recomputed[] = [];
      for await (const followed of followStreams(writeDb, parts, { stream_id }))
        found.push(...recompute(followed));
      const isOld = (one: Recomputed): boolean =>
        one.id !== id && 'document' in one && one.document.version < since;
      return { expected: found.filter((one) => !isOld(one)), there: thereOf(id, since) };
    },
    async *scan({ after, upTo }) {
      const range = {
        ...streamsOf(streamType),
        ...(after === undefined ? {} : { $gte: streamId(streamType, ownerOf(after)) }),
        ...(upTo === undefined ? {} : { $lte: streamId(streamType, ownerOf(upTo)) }),
      };
      for await (const followed of followStreams(writeDb, parts, { stream_id: range })) {
        const all = recompute(followed).sort((one, other) => (one.id < other.id ? -1 : 1));
        for (const one of all) {
          if ((after === undefined || one.id > after) && (upTo === undefined || one.id <= upTo)) yield one;
        }
      }
    },
    async segments(count) {
      const cuts = await cutsOf(eventRows(writeDb), 'stream_id', { stream_id: streamsOf(streamType) }, count);
      return between(cuts.map(aggregateId));
    },
    estimate: () => estimateRows(eventRows(writeDb), { stream_type: streamType, version: 1 }),
  };
};

/** The two read models of a follower. */
export const followedModels = (following: Following): ReadModelDefinition[] => {
  const { states, documents, streamType, schemaVersion } = following;
  const model = (place: FollowedCollection, kept: Kept) => ({
    projection: { name: place.name, streamType, schemaVersion },
    collection: place.collection,
    indexes: place.indexes,
    source: (writeDb: Db, settings: ReadSettings) => sourceOf(following, kept, writeDb, settings),
  });
  return [
    model(states, {
      documentsOf: ({ state }) => (state === undefined ? [] : [state]),
      thereOf: (id) => ({ _id: id }),
    }),
    model(documents, {
      documentsOf: (followed) => [...followed.documents.values()],
      // All that begin with the id and `@`: `A` is the character after it.
      thereOf: (id, since) => ({ _id: { $gt: `${id}@`, $lt: `${id}A` }, version: { $gte: since } }),
    }),
  ];
};
