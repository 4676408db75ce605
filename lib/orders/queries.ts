// The queries of orders: their input, and the query bus that answers them from the read model. A document of another
// schema version is answered with what it has, until an event of its order, or a rebuild, brings it up.
import type { Db, Filter, Sort } from 'mongodb';
import * as z from 'zod';
import { createQueryBus } from '../core/commands/bus.ts';
import { toMajor } from '../core/money.ts';
import type { View } from '../core/projection/projection.ts';
import { instant, moneyText, requiredText, uuid, wholeNumber } from '../platform/fields.ts';
import { orderStatus } from './order.ts';
import { type OrderDocument, orderViews, sortFields } from './projections.ts';
import { wordsOf } from './words.ts';

const paging = { page: wholeNumber(1, 1_000).default(1), page_size: wholeNumber(1, 100).default(20) };

export const getOrderInput = z.strictObject({ id: uuid });

export const customerOrdersInput = z.strictObject({
  id: requiredText(255),
  status: orderStatus.optional(),
  ...paging,
});

const searchText = requiredText(200)
  .transform(wordsOf)
  .refine((words) => words.length > 0, { error: 'has no word in it' });

export const searchOrdersInput = z.strictObject({
  q: searchText,
  status: orderStatus.optional(),
  min_total: moneyText.optional(),
  max_total: moneyText.optional(),
  from: instant.optional(),
  to: instant.optional(),
  sort_by: z.enum(Object.keys(sortFields) as (keyof typeof sortFields)[]).default('created_at'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
  ...paging,
});

type GetOrderById = { type: 'GetOrderById'; data: z.output<typeof getOrderInput> };
type GetCustomerOrders = { type: 'GetCustomerOrders'; data: z.output<typeof customerOrdersInput> };
type SearchOrders = { type: 'SearchOrders'; data: z.output<typeof searchOrdersInput> };
export type OrderQuery = GetOrderById | GetCustomerOrders | SearchOrders;

/** A list leaves the items out: a page of large orders would pass what a Lambda may answer with. */
const listed = { items: 0, words: 0 } as const;

const toSummary = (order: Omit<View<OrderDocument>, keyof typeof listed>) => ({
  order_id: order._id,
  customer_id: order.customer_id,
  status: order.status,
  total_amount: toMajor(order.total_minor),
  item_count: order.item_count,
  created_at: order.created_at,
  shipped_at: order.shipped_at,
  version: order.version,
});

const toView = (order: View<OrderDocument>) => ({
  ...toSummary(order),
  items: order.items.map(({ product_id, quantity, price_minor }) => ({
    product_id,
    quantity,
    price: toMajor(price_minor),
  })),
});

export type OrderSummary = ReturnType<typeof toSummary>;
export type OrderView = ReturnType<typeof toView>;

export interface OrderPage {
  items: OrderSummary[];
  total: number;
  page: number;
  page_size: number;
  total_pages: number;
}

interface Answers {
  GetOrderById: OrderView | undefined;
  GetCustomerOrders: OrderPage;
  SearchOrders: OrderPage;
}

interface QueryContext {
  /** How long the database may work on it. */
  maxTimeMS: number;
}

export const queryContext: QueryContext = { maxTimeMS: 2_000 };

type OrderFilter = Filter<View<OrderDocument>>;

export const customerFilter = ({ id, status }: GetCustomerOrders['data']): OrderFilter => ({
  customer_id: id,
  ...(status === undefined ? {} : { status }),
});

const between = <T>(least: T | undefined, most: T | undefined) => ({
  ...(least === undefined ? {} : { $gte: least }),
  ...(most === undefined ? {} : { $lte: most }),
});

export const searchFilter = ({
  q,
  status,
  min_total,
  max_total,
  from,
  to,
}: SearchOrders['data']): OrderFilter => {
  const total = between(min_total, max_total);
  const created = between(from, to);
  return {
    words: { $all: q },
    ...(status === undefined ? {} : { status }),
    ...(Object.keys(total).length === 0 ? {} : { total_minor: total }),
    ...(Object.keys(created).length === 0 ? {} : { created_at: created }),
  };
};

/** The id decides between equals, so that no order is on two pages or on none. */
export const searchSort = ({ sort_by, sort_order }: SearchOrders['data']): { [field: string]: 1 | -1 } => {
  const direction = sort_order === 'asc' ? 1 : -1;
  return { [sortFields[sort_by]]: direction, _id: direction };
};

export const orderQueries = (readDb: Db) => {
  const orders = orderViews(readDb);

  const findPage = async (
    filter: OrderFilter,
    sort: Sort,
    { page, page_size }: { page: number; page_size: number },
    options: QueryContext,
  ): Promise<OrderPage> => {
    const [found, total] = await Promise.all([
      orders
        .find(filter, { ...options, projection: listed })
        .sort(sort)
        .skip((page - 1) * page_size)
        .limit(page_size)
        .toArray(),
      orders.countDocuments(filter, options),
    ]);
    const total_pages = Math.ceil(total / page_size);
    return { items: found.map(toSummary), total, page, page_size, total_pages };
  };

  return createQueryBus<OrderQuery, QueryContext, Answers>({
    GetOrderById: async ({ data: { id } }, options) => {
      const order = await orders.findOne({ _id: id }, options);
      return order === null ? undefined : toView(order);
    },
    GetCustomerOrders: ({ data }, options) =>
      findPage(customerFilter(data), { created_at: -1, _id: -1 }, data, options),
    SearchOrders: ({ data }, options) => findPage(searchFilter(data), searchSort(data), data, options),
  });
};
