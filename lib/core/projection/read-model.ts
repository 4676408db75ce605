// A read model as its domain declares it, and the same one opened on two databases.
import type { Db } from 'mongodb';
import type { Index } from '../indexes.ts';
import type { ReadSettings } from '../settings.ts';
import type { Projection, ReadDocument, ReadModel, ReadModelName, Source } from './projection.ts';

export interface ReadModelDefinition<P extends ReadModelName = ReadModelName> {
  projection: P;
  /** Its collection on the read database. */
  collection: string;
  source(writeDb: Db, settings: ReadSettings): Source;
  /** What its queries need. */
  indexes: readonly Pick<Index, 'keys' | 'options'>[];
  references?: readonly ReferenceDefinition[];
}

/** Fields that are copies of another read model's; see references.ts. */
export interface ReferenceDefinition {
  model: ReadModelDefinition<Projection>;
  idField: string;
  versionField: string;
  copy(target: ReadDocument): object;
}

export interface Databases {
  writeDb: Db;
  readDb: Db;
}

/** What a read model is opened on. */
export interface Ground extends Databases {
  settings: ReadSettings;
}

export const indexesOf = ({ collection, indexes }: ReadModelDefinition): Index[] =>
  indexes.map((index) => ({ collection, ...index }));

export const openReadModel = <P extends ReadModelName>(
  definition: ReadModelDefinition<P>,
  { writeDb, readDb, settings }: Ground,
): ReadModel<P> => ({
  projection: definition.projection,
  collection: readDb.collection<ReadDocument>(definition.collection),
  source: definition.source(writeDb, settings),
  indexes: indexesOf(definition),
  references: (definition.references ?? []).map((reference) => ({
    ...reference,
    model: openReadModel(reference.model, { writeDb, readDb, settings }),
  })),
});
