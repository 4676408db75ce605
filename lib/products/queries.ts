// The queries of products' read models, each one value. What a caller sees is built by naming its fields: none of these
// answers has a cost price or a supplier's id, so that neither can leave. A document of another schema version is answered
// with what it has: a field that it lacks is left out until an event of its aggregate, or a rebuild, brings the document up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { instant, pageSize, requiredText, skip, uuid } from '../core/fields.ts';
import { toMajor } from '../core/money.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import { createQueryBus } from '../core/queries/bus.ts';
import { keyset } from '../core/queries/cursor.ts';
import { documentQuery, listQuery, type QueryContext } from '../core/queries/query.ts';
import { findByWords } from '../core/search/word-search.ts';
import { searchedWords } from '../core/search/words.ts';
import { listAlerts } from './alert-queries.ts';
import { getAuditLog } from './audit-log-queries.ts';
import { type ProductDetail, productDetail, toDetail } from './detail.ts';
import { findProductAt } from './history.ts';
import { type CardDocument, cardDocuments, detailDocuments, viewCounts } from './projections.ts';
import { hasReachedProduct, hasReachedSupplier } from './reached.ts';
import { getSupplier, listSuppliers } from './supplier-queries.ts';

/** Ids rise with time. */
const newest = keyset(['_id', -1, 'uuid']);

const listProductsInput = z.strictObject({
  q: requiredText(200).transform(searchedWords).optional(),
  in_stock: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .describe('Products in stock, or out of it'),
  limit: pageSize(20),
  skip,
  after: newest.after.optional(),
});

const productCard = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  price: z.number(),
  in_stock: z.boolean(),
  supplier_name: z.string(),
  version: z.int(),
});
export type ProductCard = z.infer<typeof productCard>;

const toCard = (document: ReadDocument<CardDocument>): ProductCard => ({
  id: document._id,
  name: document.name,
  price: toMajor(document.price_minor),
  in_stock: document.in_stock,
  supplier_name: document.supplier_name,
  version: document.version,
});

export const findProduct = async (readDb: Db, id: string): Promise<ProductDetail | undefined> => {
  const [document, views] = await Promise.all([
    detailDocuments(readDb).findOne({ _id: id }),
    viewCounts(readDb).findOne({ _id: id }),
  ]);
  return document === null ? undefined : toDetail(document, views ?? undefined);
};

/** Newest first. `next` has the parameters of the next page. */
export const findProducts = async (
  readDb: Db,
  { q, in_stock, limit, skip, after }: z.output<typeof listProductsInput>,
  { maxTimeMS }: Pick<QueryContext, 'maxTimeMS'>,
): Promise<{ products: ProductCard[]; next?: { after: string } }> => {
  const filter = in_stock === undefined ? {} : { in_stock };
  const following = newest.following(after);
  const page = { sort: newest.sort, skip, limit: limit + 1, maxTimeMS };
  const cards = cardDocuments(readDb);
  const found =
    q === undefined
      ? await cards.find({ ...filter, ...following }, page).toArray()
      : await findByWords(cards, { words: q, filter, following, ...page });
  const { rows, ...next } = newest.page(found, limit);
  return { products: rows.map(toCard), ...next };
};

interface Databases {
  writeDb: Db;
  readDb: Db;
}

export const listProducts = listQuery({
  type: 'ListProducts',
  summary: 'Products, newest first; `q` finds the beginnings of words of their names',
  input: listProductsInput,
  answer: z.array(productCard),
  async handle({ data }, { readDb }: Databases, context) {
    const { products: body, ...next } = await findProducts(readDb, data, context);
    return { body, ...next };
  },
  hasReached: async (at, { readDb }) =>
    (await hasReachedProduct(readDb, at)) || (await hasReachedSupplier(readDb, at)),
});

export const getProduct = documentQuery({
  type: 'GetProduct',
  summary: 'The details of a product, as they are or as they were at an instant',
  what: 'product',
  input: z.strictObject({ id: uuid, as_of: instant.optional().describe('Shows it as it was at this time') }),
  answer: productDetail,
  handle: ({ data: { id, as_of } }, { readDb, writeDb }: Databases) =>
    as_of === undefined ? findProduct(readDb, id) : findProductAt(writeDb, id, as_of),
});

/** The bus of all queries of products, suppliers, alerts and the audit log. */
export const productQueries = (databases: Databases) =>
  createQueryBus([listProducts, getProduct, listSuppliers, getSupplier, getAuditLog, listAlerts], databases);
