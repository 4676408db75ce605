// The queries of many orders: those of a customer, and the search. Pages have numbers, and go on by a cursor too.
import type { Db, Filter } from 'mongodb';
import * as z from 'zod';
import { instant, moneyText, pageSize, requiredText, wholeNumber } from '../core/fields.ts';
import type { ReadDocument } from '../core/projection/projection.ts';
import { keyset, ranked } from '../core/queries/cursor.ts';
import { listQuery, type Page, type QueryContext } from '../core/queries/query.ts';
import { findAndCountByWords } from '../core/search/word-search.ts';
import { searchedWords } from '../core/search/words.ts';
import { type ListedOrder, listed, orderSummary, toSummary } from './answers.ts';
import { orderStatus } from './order.ts';
import { type OrderDocument, orderDocuments, sortFields } from './projections.ts';

const mostPages = 1_000;
const paging = { page: wholeNumber(1, mostPages).default(1), page_size: pageSize(20) };

const newest = keyset(['created_at', -1, 'date'], ['_id', -1, 'uuid']);
const kinds = {
  created_at: 'date',
  total_amount: 'number',
  item_count: 'number',
  status: ranked(orderStatus.options.toSorted()),
} as const;

/** The id decides between equals, so that no order is on two pages or on none. */
const orderOf = (sort_by: keyof typeof sortFields, sort_order: 'asc' | 'desc') => {
  const direction = sort_order === 'asc' ? 1 : -1;
  return keyset([sortFields[sort_by], direction, kinds[sort_by]], ['_id', direction, 'uuid']);
};

const customerOrdersInput = z.strictObject({
  id: requiredText(255),
  status: orderStatus.optional(),
  ...paging,
  after: newest.after.optional(),
});

const searchOrdersInput = z.strictObject({
  q: requiredText(200).transform(searchedWords),
  status: orderStatus.optional(),
  min_total: moneyText.optional().describe('Orders of this amount or more'),
  max_total: moneyText.optional().describe('Orders of this amount or less'),
  from: instant.optional().describe('Placed at this time or later'),
  to: instant.optional().describe('Placed at this time or earlier'),
  sort_by: z.enum(Object.keys(sortFields) as (keyof typeof sortFields)[]).default('created_at'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
  ...paging,
  after: newest.afterText.optional(),
});

type CustomerOrdersInput = z.output<typeof customerOrdersInput>;
type SearchOrdersInput = z.output<typeof searchOrdersInput>;

const orderPage = z.strictObject({
  items: z.array(orderSummary),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  total_pages: z.int(),
});
export type OrderPage = z.infer<typeof orderPage>;

type OrderFilter = Filter<ReadDocument<OrderDocument>>;

export const customerFilter = ({
  id,
  status,
}: Pick<CustomerOrdersInput, 'id'> & Partial<CustomerOrdersInput>): OrderFilter => ({
  customer_id: id,
  ...(status === undefined ? {} : { status }),
});

const between = <T>(least: T | undefined, most: T | undefined) => ({
  ...(least === undefined ? {} : { $gte: least }),
  ...(most === undefined ? {} : { $lte: most }),
});

/** What a search asks for beside its words. */
const searchFilter = ({ status, ...range }: SearchOrdersInput): OrderFilter => {
  const total = between(range.min_total, range.max_total);
  const created = between(range.from, range.to);
  return {
    ...(status === undefined ? {} : { status }),
    ...(Object.keys(total).length === 0 ? {} : { total_minor: total }),
    ...(Object.keys(created).length === 0 ? {} : { created_at: created }),
  };
};

interface Environment {
  readDb: Db;
}

interface Asked {
  page: number;
  page_size: number;
  after?: unknown;
}

/** One more than the page takes, to see whether there is a next one. */
const partOf = ({ page, page_size, after }: Asked) => ({
  skip: after === undefined ? (page - 1) * page_size : 0,
  limit: page_size + 1,
  projection: listed,
});

/** `page` is the number of the page, as far as pages can be asked for by number. */
const toPage = (
  order: ReturnType<typeof keyset>,
  [found, total]: [ListedOrder[], number],
  { page, page_size }: Asked,
): Page<OrderPage> => {
  const { rows, next } = order.page(found, page_size);
  const body = {
    items: rows.map(toSummary),
    total,
    page,
    page_size,
    total_pages: Math.ceil(total / page_size),
  };
  return next === undefined
    ? { body }
    : { body, next: { ...next, page: `${Math.min(page + 1, mostPages)}` } };
};

const findOfCustomer = async (
  readDb: Db,
  input: CustomerOrdersInput,
  { maxTimeMS }: QueryContext,
): Promise<Page<OrderPage>> => {
  const filter = customerFilter(input);
  const orders = orderDocuments(readDb);
  const following = { ...filter, ...newest.following(input.after) };
  const found = await Promise.all([
    orders.find(following, { maxTimeMS, sort: newest.sort, ...partOf(input) }).toArray(),
    orders.countDocuments(filter, { maxTimeMS }),
  ]);
  return toPage(newest, found, input);
};

const search = async (
  readDb: Db,
  input: SearchOrdersInput,
  { maxTimeMS }: QueryContext,
): Promise<Page<OrderPage>> => {
  const order = orderOf(input.sort_by, input.sort_order);
  const after = input.after === undefined ? undefined : order.decode(input.after);
  const { found, total } = await findAndCountByWords(orderDocuments(readDb), {
    words: input.q,
    filter: searchFilter(input),
    following: order.following(after),
    sort: order.sort,
    ...partOf(input),
    maxTimeMS,
  });
  return toPage(order, [found, total], input);
};

const hasReached = async (
  { id, version }: { id: string; version: number },
  { readDb }: Environment,
): Promise<boolean> => {
  const order = await orderDocuments(readDb).findOne({ _id: id }, { projection: { version: 1 } });
  return (order?.version ?? 0) >= version;
};

export const getCustomerOrders = listQuery({
  type: 'GetCustomerOrders',
  summary: 'The orders of a customer, newest first',
  input: customerOrdersInput,
  answer: orderPage,
  handle: ({ data }, { readDb }: Environment, context) => findOfCustomer(readDb, data, context),
  hasReached,
});

export const searchOrders = listQuery({
  type: 'SearchOrders',
  summary: 'Orders with words that begin like these in an id, a customer, a product or the address',
  input: searchOrdersInput,
  answer: orderPage,
  handle: ({ data }, { readDb }: Environment, context) => search(readDb, data, context),
  hasReached,
});
