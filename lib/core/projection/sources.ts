// The two write sides that a read model can be recomputed from: the documents of state-stored aggregates, the streams
// of event-sourced ones.
import type { Collection, Db, Document, Filter } from 'mongodb';
import { aggregateId, type EventRow, fromRow, streamId } from '../events.ts';
import type { StateShape } from '../shape.ts';
import { eventRows } from '../stores/event-rows.ts';
import { readState, type StateDocument, type StateFields } from '../stores/state-document.ts';
import {
  fold,
  hasTodaysShape,
  type Projection,
  type ReadDocument,
  type Recomputed,
  type Segment,
  type Source,
  toReadDocument,
} from './projection.ts';

const batchSize = 1_000;
const sampled = 1_000;

export const rangeOf = ({ after, upTo }: Segment): { $gt?: string; $lte?: string } => ({
  ...(after === undefined ? {} : { $gt: after }),
  ...(upTo === undefined ? {} : { $lte: upTo }),
});

/** The ids of the streams of a type. */
export const streamsOf = (streamType: string) => ({ $gt: `${streamType}-`, $lt: `${streamType}.` });

/** Neighbouring cuts as segments: open at the first one's start and at the last one's end. */
export const between = (cuts: string[]): Segment[] =>
  [undefined, ...cuts].map((after, index) => ({
    ...(after === undefined ? {} : { after }),
    ...(cuts[index] === undefined ? {} : { upTo: cuts[index] }),
  }));

export const cutsOf = async <T extends Document>(
  collection: Collection<T>,
  key: string,
  range: Document,
  count: number,
): Promise<string[]> => {
  if (count === 1) return [];
  const sample = await collection
    .aggregate<{ _id: { max: string } }>([
      { $match: range },
      { $sample: { size: count * 50 } },
      { $bucketAuto: { groupBy: `$${key}`, buckets: count } },
    ])
    .toArray();
  return [...new Set(sample.slice(0, -1).map((bucket) => bucket._id.max))];
};

/** How many events are like this, about: quickly. */
export const estimateRows = async (events: Collection<EventRow>, like: Filter<EventRow>): Promise<number> => {
  const all = await events.estimatedDocumentCount();
  if (all <= sampled) return events.countDocuments(like);
  const [found] = await events
    .aggregate<{ count: number }>([{ $sample: { size: sampled } }, { $match: like }, { $count: 'count' }])
    .toArray();
  return Math.round((all * (found?.count ?? 0)) / sampled);
};

/**
 * The documents of a state-stored aggregate type. `fromState` gives the same content as folding all its events: the
 * events may be gone (retention), the document stays.
 */
export const stateSource = <S extends object>(
  db: Db,
  { collection, state: shape }: { collection: string; state: StateShape<S> },
  projection: Projection,
  fromState: (state: StateDocument<S>) => object,
): Source => {
  const documents = db.collection<StateFields>(collection);
  const recompute = (document: StateFields): Recomputed => {
    const { _id, _id: id, version, created_at, updated_at } = document;
    try {
      const { state } = readState(shape, projection.streamType, document);
      const content = fromState({ ...state, _id, version, created_at, updated_at });
      return { id, document: toReadDocument(projection, content, { id, version, updated_at }) };
    } catch (error) {
      return { id, error };
    }
  };
  const current = async (wanted: string[]): Promise<Recomputed[]> =>
    (await documents.find({ _id: { $in: wanted } }).toArray()).map(recompute);
  return {
    current,
    ofAggregate: async (id) => ({ expected: await current([id]), there: { _id: id } }),
    async *scan(segment) {
      const range = rangeOf(segment);
      const filter = Object.keys(range).length === 0 ? {} : { _id: range };
      for await (const document of documents.find(filter).sort({ _id: 1 }).batchSize(batchSize))
        yield recompute(document);
    },
    async segments(count) {
      return between(await cutsOf(documents, '_id', {}, count));
    },
    estimate: () => documents.estimatedDocumentCount(),
  };
};

const streamRange = (streamType: string, { after, upTo }: Segment) => ({
  ...streamsOf(streamType),
  // Above every event of the stream `after`: ids are compared as whole strings, so nothing lies between.
  ...(after === undefined ? {} : { $gt: streamId(streamType, after) }),
  ...(upTo === undefined ? {} : { $lte: streamId(streamType, upTo) }),
});

/** The streams of an event-sourced aggregate type. */
export const eventSource = (db: Db, projection: Projection): Source => {
  const events = eventRows(db);
  const { streamType } = projection;

  const advance = (seen: Recomputed | undefined, row: EventRow): Recomputed => {
    const id = aggregateId(row.stream_id);
    if (seen !== undefined && 'error' in seen) return seen;
    try {
      return { id, document: fold(projection, seen?.document, fromRow(row)) };
    } catch (error) {
      return { id, error };
    }
  };

  const current: Source['current'] = async (ids, known) => {
    const found = new Map<string, Recomputed>();
    const wanted = ids.map((id) => {
      const stored = known?.get(id);
      const document = stored !== undefined && hasTodaysShape(projection, stored) ? stored : undefined;
      if (document !== undefined) found.set(id, { id, document });
      return { stream_id: streamId(streamType, id), version: { $gt: document?.version ?? 0 } };
    });
    if (wanted.length === 0) return [];
    for await (const row of events.find({ $or: wanted }).sort({ stream_id: 1, version: 1 })) {
      const id = aggregateId(row.stream_id);
      found.set(id, advance(found.get(id), row));
    }
    return [...found.values()];
  };

  return {
    current,
    ofAggregate: async (id) => ({ expected: await current([id]), there: { _id: id } }),

    async *scan(segment) {
      let current: Recomputed | undefined;
      const cursor = events
        .find({ stream_id: streamRange(streamType, segment) })
        .sort({ stream_id: 1, version: 1 })
        .batchSize(batchSize);
      for await (const row of cursor) {
        const id = aggregateId(row.stream_id);
        if (current !== undefined && current.id !== id) {
          yield current;
          current = undefined;
        }
        current = advance(current, row);
      }
      if (current !== undefined) yield current;
    },

    async segments(count) {
      const cuts = await cutsOf(events, 'stream_id', { stream_id: streamsOf(streamType) }, count);
      return between(cuts.map(aggregateId));
    },

    estimate: () => estimateRows(events, { stream_type: streamType, version: 1 }),
  };
};

/** The document in a recomputed aggregate, or undefined if it has none. */
export const documentOf = (recomputed: Recomputed | undefined): ReadDocument | undefined =>
  recomputed !== undefined && 'document' in recomputed ? recomputed.document : undefined;
