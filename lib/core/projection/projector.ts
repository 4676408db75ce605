// Applies events to read models by version. Guarantees: duplicates, disorder and gaps converge to what a replay gives;
// one aggregate's failure does not hold up another. Contiguous events are folded from the message alone; on a gap the
// missing ones come from the write side. Nothing waits. What other documents copy from one follows it (references.ts).
// A document of another schema version, older or newer, is recomputed from the write side: between a deploy and its
// rebuild the documents that events touch have today's shape, and the rest keep theirs and say so.
import { AppError } from '../errors.ts';
import { aggregateId, checked, type EventKey, type RecordedEvent } from '../events.ts';
import { fold, hasTodaysShape, type Projection, type ReadDocument, type ReadModel } from './projection.ts';
import { openReadModel, type ReadModelDefinition } from './read-model.ts';
import { findStaleCopies, refreshCopies, sendCopies } from './references.ts';
import { type Applied, noneApplied, type Subscriber, type SubscriberDefinition } from './subscriber.ts';
import { writeDocuments } from './write-documents.ts';

interface Progress {
  id: string;
  document: ReadDocument | undefined;
  /** The stored document is of another schema version. */
  isOutdated: boolean;
  /** In order of version, without those that the document has already. */
  events: RecordedEvent[];
  failure?: unknown;
}

const groupByAggregate = <E extends EventKey>(events: E[]): Map<string, E[]> =>
  Map.groupBy(events, (event) => aggregateId(event.stream_id));

const findDocuments = async (
  { collection }: ReadModel,
  ids: string[],
): Promise<Map<string, ReadDocument>> => {
  if (ids.length === 0) return new Map();
  const documents = await collection.find({ _id: { $in: ids } }).toArray();
  return new Map(documents.map((document) => [document._id, document]));
};

const byVersion = (one: EventKey, other: EventKey): number => one.version - other.version;

/** Then its document follows from the events alone: most aggregates are new, and need not be read before they are written. */
const beginsStream = (events: RecordedEvent[]): boolean => events.some(({ version }) => version === 1);

/** Folds while the next event is the next version; what is left over lies behind a gap or failed. */
const foldContiguous = ({ projection }: ReadModel<Projection>, progress: Progress): void => {
  while (progress.failure === undefined && !progress.isOutdated) {
    const next = progress.events.find((event) => event.version > (progress.document?.version ?? 0));
    if (next === undefined || next.version !== (progress.document?.version ?? 0) + 1) return;
    try {
      progress.document = fold(projection, progress.document, checked(projection.eventTypes, next));
    } catch (error) {
      progress.failure = error;
    }
  }
};

const hasGap = ({ document, events, failure }: Progress): boolean =>
  failure === undefined && events.some((event) => event.version > (document?.version ?? 0));

const isBehind = (progress: Progress): boolean => progress.isOutdated || hasGap(progress);

/** Brings those that their events alone do not bring there up to what the write side has now. */
const catchUp = async ({ source }: ReadModel, behind: Progress[]): Promise<void> => {
  if (behind.length === 0) return;
  const known = new Map(
    behind.flatMap(({ id, document }) => (document === undefined ? [] : [[id, document]])),
  );
  const recomputed = await source.current(
    behind.map(({ id }) => id),
    known,
  );
  const byId = new Map(recomputed.map((one) => [one.id, one]));
  for (const progress of behind) {
    const found = byId.get(progress.id);
    if (found !== undefined && 'error' in found) progress.failure = found.error;
    else if (found !== undefined) progress.document = found.document;
    if (hasGap(progress)) {
      progress.failure = new AppError(
        'event_missing',
        `The write side has no such version of ${progress.id} yet`,
      );
    }
  }
};

/** The documents that the events led to, also if an earlier delivery had led there. */
type AppliedTo = Applied & { documents: ReadDocument[] };

const applyTo = async (model: ReadModel<Projection>, events: RecordedEvent[]): Promise<AppliedTo> => {
  const result = noneApplied();
  const groups = groupByAggregate(events);
  const documents = await findDocuments(
    model,
    [...groups].flatMap(([id, group]) => (beginsStream(group) ? [] : [id])),
  );
  const progresses = [...groups].map(([id, group]): Progress => {
    const document = documents.get(id);
    const isOutdated = document !== undefined && !hasTodaysShape(model.projection, document);
    const ahead = group.filter((event) => event.version > (document?.version ?? 0)).sort(byVersion);
    return { id, document, isOutdated, events: ahead };
  });
  for (const progress of progresses) foldContiguous(model, progress);
  await catchUp(model, progresses.filter(isBehind));
  const advanced = progresses.flatMap(({ id, document }) =>
    document !== undefined && document !== documents.get(id) ? [document] : [],
  );
  const stayed = await writeDocuments(model.collection, advanced, ({ _id }) => !documents.has(_id));
  const reached = progresses.flatMap(({ document }) => document ?? []);
  await refreshCopies(model, reached);
  for (const { id, document, events: ahead, failure } of progresses) {
    for (const event of ahead) {
      if (event.version <= (document?.version ?? 0)) {
        if (!stayed.has(id)) result.applied.push(event);
      } else result.failures.set(event.event_id, failure);
    }
  }
  return { ...result, documents: reached };
};

const concerns = (model: ReadModel, event: EventKey): boolean =>
  event.stream_type === model.projection.streamType;

const findUnapplied = async <E extends EventKey>(model: ReadModel, events: E[]): Promise<E[]> => {
  const documents = await findDocuments(model, [...groupByAggregate(events).keys()]);
  return events.filter(
    ({ stream_id, version }) => version > (documents.get(aggregateId(stream_id))?.version ?? 0),
  );
};

/** One subscriber that keeps one or more read models current. An event that fails in one of them fails. */
export const createProjector = (name: string, models: ReadModel<Projection>[]): Subscriber => ({
  name,

  async apply(events) {
    const result = noneApplied();
    for (const event of events) {
      if (models.some((model) => concerns(model, event))) continue;
      result.failures.set(
        event.event_id,
        new AppError('unknown_event', `${name} has no read model of ${event.stream_type}`),
      );
    }
    const applied = new Map<string, RecordedEvent>();
    for (const model of models) {
      const one = await applyTo(
        model,
        events.filter((event) => concerns(model, event)),
      );
      for (const other of models) await sendCopies(other, model, one.documents);
      for (const event of one.applied) applied.set(event.event_id, event);
      for (const [id, failure] of one.failures) result.failures.set(id, failure);
    }
    result.applied = [...applied.values()].filter((event) => !result.failures.has(event.event_id));
    result.duplicates = events.length - result.applied.length - result.failures.size;
    return result;
  },

  async findMissing<E extends EventKey>(events: E[]): Promise<E[]> {
    const missing = new Set<E>();
    for (const model of models) {
      const mine = events.filter((event) => concerns(model, event));
      for (const event of await findUnapplied(model, mine)) missing.add(event);
      const last = [...groupByAggregate(mine)].flatMap(([id, group]) => {
        const event = group.sort(byVersion).at(-1);
        return event === undefined ? [] : [{ id, version: event.version, event }];
      });
      for (const other of models) {
        const unspread = await findStaleCopies(other, model, last);
        for (const { id, event } of last) if (unspread.has(id)) missing.add(event);
      }
    }
    return [...missing];
  },
});

/** The subscriber that keeps these read models current. It hears of every event that one of them is made of. */
export const projector = (
  name: string,
  definitions: readonly ReadModelDefinition<Projection>[],
): SubscriberDefinition => ({
  name,
  hears: [...new Set(definitions.flatMap(({ projection }) => Object.keys(projection.eventTypes)))],
  keeps: definitions,
  create: (databases) =>
    createProjector(
      name,
      definitions.map((definition) => openReadModel(definition, databases)),
    ),
});
