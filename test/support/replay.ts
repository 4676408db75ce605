// What the read models must be: a replay of every event from nothing, computed here without the product's own sources.
// This is for those that a projection makes; what other subscribers keep is held against a rebuild (expectNoDrift).
import type { Db } from 'mongodb';
import { expect } from 'vitest';
import { aggregateId, type EventRow, fromRow } from '../../lib/core/events.ts';
import {
  fold,
  type Projection,
  type ReadDocument,
  type ReadModel,
} from '../../lib/core/projection/projection.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { isProjected } from './open.ts';

export const allRows = (write: Db): Promise<EventRow[]> =>
  eventRows(write).find().sort({ stream_id: 1, version: 1 }).toArray();

/** The documents of a read model by id, up to `versions` if given, without what it copies from others. */
const foldAll = ({ projection }: ReadModel<Projection>, rows: EventRow[]): Map<string, ReadDocument> => {
  const documents = new Map<string, ReadDocument>();
  for (const row of rows) {
    if (row.stream_type !== projection.streamType) continue;
    const id = aggregateId(row.stream_id);
    documents.set(id, fold(projection, documents.get(id), fromRow(row)));
  }
  return documents;
};

/** What a read model must hold once every event is applied, in order of the ids. */
export const replay = (model: ReadModel<Projection>, rows: EventRow[]): ReadDocument[] => {
  const documents = foldAll(model, rows);
  for (const { model: target, idField, versionField, copy } of model.references ?? []) {
    const targets = foldAll(target, rows);
    for (const [id, document] of documents) {
      const found = targets.get(String(Reflect.get(document, idField)));
      if (found !== undefined)
        documents.set(id, { ...document, ...copy(found), [versionField]: found.version });
    }
  }
  return [...documents.values()].sort((one, other) => (one._id < other._id ? -1 : 1));
};

const stored = ({ collection }: ReadModel): Promise<ReadDocument[]> =>
  collection.find().sort({ _id: 1 }).toArray();

/** Liveness: everything committed is in the read models, and nothing else is. */
export const expectReplayed = async (models: ReadModel[], write: Db, known?: EventRow[]): Promise<void> => {
  const rows = known ?? (await allRows(write));
  for (const model of models.filter(isProjected)) {
    expect(await stored(model), model.projection.name).toEqual(replay(model, rows));
  }
};

/** Safety, at any moment: each document is what a replay up to its version gives. */
export const expectPrefixes = async (kept: ReadModel[], write: Db): Promise<void> => {
  const models = kept.filter(isProjected);
  const documents = await Promise.all(models.map(stored));
  const rows = await allRows(write);
  for (const [index, model] of models.entries()) {
    const copied = (model.references ?? []).flatMap(({ versionField, copy }) => [
      versionField,
      ...Object.keys(copy({} as ReadDocument)),
    ]);
    const own = (document: ReadDocument): object =>
      Object.fromEntries(Object.entries(document).filter(([name]) => !copied.includes(name)));
    for (const document of documents[index] ?? []) {
      const upTo = rows.filter(
        (row) => row.stream_id.endsWith(`-${document._id}`) && row.version <= document.version,
      );
      const [expected] = foldAll(model, upTo).values();
      expect(own(document), `${model.projection.name} ${document._id}`).toEqual(expected && own(expected));
    }
  }
};

/** The version that a reader sees, by read model and id. */
export const storedVersions = async (models: ReadModel[]): Promise<Map<string, number>> => {
  const found = await Promise.all(models.map(stored));
  return new Map(
    models.flatMap(({ projection }, index) =>
      (found[index] ?? []).map(({ _id, version }) => [`${projection.name}/${_id}`, version] as const),
    ),
  );
};
