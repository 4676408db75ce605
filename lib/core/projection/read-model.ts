// A read model as its domain declares it, and the same one opened on two databases.
import type { Db } from 'mongodb';
import type { Index } from '../indexes.ts';
import type { Projection, ReadModel, Source, View } from './projection.ts';

export interface ReadModelDefinition {
  projection: Projection;
  /** Its collection on the read database. */
  collection: string;
  source(writeDb: Db): Source;
  /** What its queries need. */
  indexes: readonly Pick<Index, 'keys' | 'options'>[];
  references?: readonly ReferenceDefinition[];
}

/** Fields that are copies of another read model's; see references.ts. */
export interface ReferenceDefinition {
  model: ReadModelDefinition;
  idField: string;
  versionField: string;
  copy(target: View): object;
}

export interface Databases {
  writeDb: Db;
  readDb: Db;
}

export const indexesOf = ({ collection, indexes }: ReadModelDefinition): Index[] =>
  indexes.map((index) => ({ collection, ...index }));

export const openReadModel = (
  definition: ReadModelDefinition,
  { writeDb, readDb }: Databases,
): ReadModel => ({
  projection: definition.projection,
  collection: readDb.collection<View>(definition.collection),
  source: definition.source(writeDb),
  indexes: indexesOf(definition),
  references: (definition.references ?? []).map((reference) => ({
    ...reference,
    model: openReadModel(reference.model, { writeDb, readDb }),
  })),
});
