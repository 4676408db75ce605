// The queries of suppliers, each one value. How many products a supplier has is counted by an index when it is asked
// for: a count that is kept would have to be told of each product exactly once.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { pageSize, requiredText, skip, uuid } from '../core/fields.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import { keyset } from '../core/queries/cursor.ts';
import { documentQuery, listQuery, type QueryContext } from '../core/queries/query.ts';
import { findByWords } from '../core/search/word-search.ts';
import { searchedWords } from '../core/search/words.ts';
import { cardDocuments, type SupplierDocument, supplierDocuments } from './projections.ts';
import { hasReachedProduct, hasReachedSupplier } from './reached.ts';

const supplierAnswer = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  product_count: z.int(),
  version: z.int(),
  updated_at: z.date(),
});
export type SupplierAnswer = z.infer<typeof supplierAnswer>;

const countProducts = async (readDb: Db, suppliers: string[]): Promise<Map<string, number>> => {
  const counted = await cardDocuments(readDb)
    .aggregate<{ _id: string; count: number }>([
      { $match: { supplier_id: { $in: suppliers } } },
      { $group: { _id: '$supplier_id', count: { $sum: 1 } } },
    ])
    .toArray();
  return new Map(counted.map(({ _id, count }) => [_id, count]));
};

const toAnswers = async (
  readDb: Db,
  documents: ReadDocument<SupplierDocument>[],
): Promise<SupplierAnswer[]> => {
  const counts = await countProducts(
    readDb,
    documents.map(({ _id }) => _id),
  );
  return documents.map(({ _id: id, name, version, updated_at }) => ({
    id,
    name,
    product_count: counts.get(id) ?? 0,
    version,
    updated_at,
  }));
};

interface Environment {
  readDb: Db;
}

export const getSupplier = documentQuery({
  type: 'GetSupplier',
  summary: 'A supplier, with the number of its products',
  what: 'supplier',
  input: z.strictObject({ id: uuid }),
  answer: supplierAnswer,
  async handle({ data: { id } }, { readDb }: Environment, { maxTimeMS }) {
    const document = await supplierDocuments(readDb).findOne({ _id: id }, { maxTimeMS });
    return document === null ? undefined : (await toAnswers(readDb, [document]))[0];
  },
});

/** Ids rise with time. */
const newest = keyset(['_id', -1, 'uuid']);

const listSuppliersInput = z.strictObject({
  q: requiredText(200).transform(searchedWords).optional(),
  limit: pageSize(20),
  skip,
  after: newest.after.optional(),
});

/** One more than the page takes. */
const findSuppliers = async (
  readDb: Db,
  { q, limit, skip, after }: z.output<typeof listSuppliersInput>,
  { maxTimeMS }: Pick<QueryContext, 'maxTimeMS'>,
): Promise<ReadDocument<SupplierDocument>[]> => {
  const suppliers = supplierDocuments(readDb);
  const following = newest.following(after);
  const page = { sort: newest.sort, skip, limit: limit + 1, maxTimeMS };
  return q === undefined
    ? suppliers.find(following, page).toArray()
    : findByWords(suppliers, { words: q, filter: {}, following, ...page });
};

export const listSuppliers = listQuery({
  type: 'ListSuppliers',
  summary: 'Suppliers, newest first; `q` finds the beginnings of words of their names',
  input: listSuppliersInput,
  answer: z.array(supplierAnswer),
  async handle({ data }, { readDb }: Environment, context) {
    const found = await findSuppliers(readDb, data, context);
    const { rows, ...next } = newest.page(found, data.limit);
    return { body: await toAnswers(readDb, rows), ...next };
  },
  hasReached: async (at, { readDb }) =>
    (await hasReachedSupplier(readDb, at)) || (await hasReachedProduct(readDb, at)),
});
