// What a read model is: a pure fold from events to one document an aggregate, and where it is kept.
// Guarantees: the document at version n is the same whoever wrote it, live projection, inline projection or rebuild.
import type { Collection, Filter } from 'mongodb';
import type { DomainEvent } from '../decider.ts';
import { aggregateId, type EventTypes, type RecordedEvent, upcast } from '../events.ts';
import type { Index } from '../indexes.ts';
import { asStored } from './as-stored.ts';

/** What the machine keeps on every read document beside the content. */
export interface ReadDocumentFields {
  _id: string;
  version: number;
  schema_version: number;
  updated_at: Date;
}

export type ReadDocument<C extends object = object> = C & ReadDocumentFields;

/** What a rebuild knows of a read model, whatever makes its documents. */
export interface ReadModelName {
  name: string;
  streamType: string;
  /** Raised when the document's shape changes; a rebuild then rewrites all. */
  schemaVersion: number;
}

/** The pure part. `evolve` gets undefined for the first event of an aggregate. */
export interface Projection<C extends object = object, E extends DomainEvent = DomainEvent>
  extends ReadModelName {
  eventTypes: EventTypes;
  evolve(document: C | undefined, event: RecordedEvent<E>): C;
}

/** A projection with the place of its documents and the write side that can recompute them. */
export interface ReadModel<P extends ReadModelName = ReadModelName> {
  projection: P;
  collection: Collection<ReadDocument>;
  source: Source;
  /** What its queries need. A rebuild makes them again: a collection dropped by hand takes its indexes with it. */
  indexes: Index[];
  references?: Reference[];
}

/** Fields that are copies of another read model's; see references.ts. */
export interface Reference {
  /** What is referred to. */
  model: ReadModel<Projection>;
  /** The field that names it. */
  idField: string;
  /** The field with the version that was copied. */
  versionField: string;
  copy(target: ReadDocument): object;
}

/** An aggregate's document as the write side has it: or why it cannot be computed. */
export type Recomputed = { id: string; document: ReadDocument } | { id: string; error: unknown };

/** Aggregates whose id is above `after` (absent: from the first) and at most `upTo` (absent: to the last). */
export interface Segment {
  after?: string;
  upTo?: string;
}

/** What the documents of an aggregate should be, and a filter that finds those that are there. */
export interface OfAggregate {
  expected: Recomputed[];
  there: Filter<ReadDocument>;
}

/** The write side of a read model: state documents or event streams. */
export interface Source {
  /**
   * The current documents of these aggregates; `known` documents need only what came after them, but for those of another schema
   * version. Unknown ids are left out.
   */
  current(ids: string[], known?: ReadonlyMap<string, ReadDocument>): Promise<Recomputed[]>;
  /** The documents of one aggregate; if it has one for each of some events, those that changed at version `since` or later. */
  ofAggregate(id: string, since: number): Promise<OfAggregate>;
  /** Every aggregate of a segment, by ascending id. */
  scan(segment: Segment): AsyncIterable<Recomputed>;
  /** Cuts the ids into up to `count` segments of about the same size. */
  segments(count: number): Promise<Segment[]>;
  /** How many aggregates there are, about: quickly. */
  estimate(): Promise<number>;
}

/** The one place where a document is made, whether from an event or from a state: as the database stores it. */
export const toReadDocument = (
  { schemaVersion }: Pick<ReadModelName, 'schemaVersion'>,
  content: object,
  { id, version, updated_at }: { id: string; version: number; updated_at: Date },
): ReadDocument => asStored({ ...content, _id: id, version, schema_version: schemaVersion, updated_at });

/** Whether today's code made it: a document of another schema version is recomputed from the write side, never gone on with. */
export const hasTodaysShape = (
  { schemaVersion }: Pick<ReadModelName, 'schemaVersion'>,
  document: ReadDocument,
): boolean => document.schema_version === schemaVersion;

/** @throws AppError `unknown_event` if the event is not of this code's types or versions. */
export const fold = (
  projection: Projection,
  document: ReadDocument | undefined,
  event: RecordedEvent,
): ReadDocument => {
  const { stream_id, version, recorded_at: updated_at } = event;
  const content = projection.evolve(document, upcast(projection.eventTypes, event));
  return toReadDocument(projection, content, { id: aggregateId(stream_id), version, updated_at });
};
