// The queries of orders, each one value, and the bus that answers them from the read model. A document of another schema
// version is answered with what it has, until an event of its order, or a rebuild, brings it up.
import type { Db, Filter } from 'mongodb';
import * as z from 'zod';
import { instant, moneyText, requiredText, uuid, wholeNumber } from '../core/fields.ts';
import { toMajor } from '../core/money.ts';
import type { View } from '../core/projection/projection.ts';
import { createQueryBus } from '../core/queries/bus.ts';
import { documentQuery, listQuery, type QueryContext } from '../core/queries/query.ts';
import { searchByWords } from '../core/search/word-search.ts';
import { searchedWords } from '../core/search/words.ts';
import { orderStatus, shippingAddress } from './order.ts';
import { type OrderDocument, orderViews, sortFields } from './projections.ts';

const paging = { page: wholeNumber(1, 1_000).default(1), page_size: wholeNumber(1, 100).default(20) };

const customerOrdersInput = z.strictObject({
  id: requiredText(255),
  status: orderStatus.optional(),
  ...paging,
});

const searchOrdersInput = z.strictObject({
  q: requiredText(200).transform(searchedWords),
  status: orderStatus.optional(),
  min_total: moneyText.optional(),
  max_total: moneyText.optional(),
  from: instant.optional(),
  to: instant.optional(),
  sort_by: z.enum(Object.keys(sortFields) as (keyof typeof sortFields)[]).default('created_at'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
  ...paging,
});

type CustomerOrdersInput = z.output<typeof customerOrdersInput>;
type SearchOrdersInput = z.output<typeof searchOrdersInput>;

const orderSummary = z.strictObject({
  order_id: z.uuid(),
  customer_id: z.string(),
  status: orderStatus,
  total_amount: z.number(),
  item_count: z.int(),
  created_at: z.date(),
  shipped_at: z.date().nullable(),
  cancelled_at: z.date().nullable(),
  cancel_reason: z.string().nullable(),
  version: z.int(),
});
export type OrderSummary = z.infer<typeof orderSummary>;

const orderView = orderSummary.extend({
  items: z.array(z.strictObject({ product_id: z.string(), quantity: z.int(), price: z.number() })),
  shipping_address: z.strictObject(shippingAddress.shape),
});
export type OrderView = z.infer<typeof orderView>;

const orderPage = z.strictObject({
  items: z.array(orderSummary),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  total_pages: z.int(),
});
export type OrderPage = z.infer<typeof orderPage>;

/** A list leaves the items out: a page of large orders would pass what a Lambda may answer with. */
const listed = { items: 0, shipping_address: 0, words: 0 } as const;

type ListedOrder = Omit<View<OrderDocument>, keyof typeof listed>;

const toSummary = (order: ListedOrder): OrderSummary => ({
  order_id: order._id,
  customer_id: order.customer_id,
  status: order.status,
  total_amount: toMajor(order.total_minor),
  item_count: order.item_count,
  created_at: order.created_at,
  shipped_at: order.shipped_at,
  cancelled_at: order.cancelled_at,
  cancel_reason: order.cancel_reason,
  version: order.version,
});

const toView = (order: View<OrderDocument>): OrderView => ({
  ...toSummary(order),
  shipping_address: order.shipping_address,
  items: order.items.map(({ product_id, quantity, price_minor }) => ({
    product_id,
    quantity,
    price: toMajor(price_minor),
  })),
});

type OrderFilter = Filter<View<OrderDocument>>;

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

/** The id decides between equals, so that no order is on two pages or on none. */
const searchSort = ({ sort_by, sort_order }: SearchOrdersInput): { [field: string]: 1 | -1 } => {
  const direction = sort_order === 'asc' ? 1 : -1;
  return { [sortFields[sort_by]]: direction, _id: direction };
};

interface Environment {
  readDb: Db;
}

const toPage = (
  rows: ListedOrder[],
  total: number,
  { page, page_size }: Pick<OrderPage, 'page' | 'page_size'>,
): OrderPage => ({
  items: rows.map(toSummary),
  total,
  page,
  page_size,
  total_pages: Math.ceil(total / page_size),
});

const partOf = ({ page, page_size }: Pick<OrderPage, 'page' | 'page_size'>) => ({
  skip: (page - 1) * page_size,
  limit: page_size,
  projection: listed,
});

const findOfCustomer = async (
  readDb: Db,
  input: CustomerOrdersInput,
  { maxTimeMS }: QueryContext,
): Promise<OrderPage> => {
  const filter = customerFilter(input);
  const orders = orderViews(readDb);
  const [rows, total] = await Promise.all([
    orders.find(filter, { maxTimeMS, sort: { created_at: -1, _id: -1 }, ...partOf(input) }).toArray(),
    orders.countDocuments(filter, { maxTimeMS }),
  ]);
  return toPage(rows, total, input);
};

const search = async (
  readDb: Db,
  input: SearchOrdersInput,
  { maxTimeMS }: QueryContext,
): Promise<OrderPage> => {
  const found = await searchByWords(orderViews(readDb), input.q, { maxTimeMS });
  const filter = searchFilter(input);
  const [rows, total] = await Promise.all([
    found.find(filter, { sort: searchSort(input), ...partOf(input) }),
    found.count(filter),
  ]);
  return toPage(rows, total, input);
};

const hasReached = async (
  { id, version }: { id: string; version: number },
  { readDb }: Environment,
): Promise<boolean> => {
  const order = await orderViews(readDb).findOne({ _id: id }, { projection: { version: 1 } });
  return (order?.version ?? 0) >= version;
};

export const getOrder = documentQuery({
  type: 'GetOrderById',
  summary: 'An order with its items',
  what: 'order',
  input: z.strictObject({ id: uuid }),
  answer: orderView,
  async handle({ data: { id } }, { readDb }: Environment, { maxTimeMS }) {
    const order = await orderViews(readDb).findOne({ _id: id }, { maxTimeMS });
    return order === null ? undefined : toView(order);
  },
});

export const getCustomerOrders = listQuery({
  type: 'GetCustomerOrders',
  summary: 'The orders of a customer, newest first',
  input: customerOrdersInput,
  answer: orderPage,
  handle: async ({ data }, { readDb }: Environment, context) => ({
    body: await findOfCustomer(readDb, data, context),
  }),
  hasReached,
});

export const searchOrders = listQuery({
  type: 'SearchOrders',
  summary: 'Orders with words that begin like these in an id, a customer, a product or the address',
  input: searchOrdersInput,
  answer: orderPage,
  handle: async ({ data }, { readDb }: Environment, context) => ({
    body: await search(readDb, data, context),
  }),
  hasReached,
});

/** The bus of all queries of orders. */
export const orderQueries = (readDb: Db) =>
  createQueryBus([getOrder, getCustomerOrders, searchOrders], { readDb });
