// The queries of orders, each one value, and the bus that answers them from the read model. A document of another schema
// version is answered with what it has, until an event of its order, or a rebuild, brings it up.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { uuid } from '../core/fields.ts';
import { createQueryBus } from '../core/queries/bus.ts';
import { documentQuery } from '../core/queries/query.ts';
import { orderView, toOrderView } from './answers.ts';
import { getCustomerOrders, searchOrders } from './list-queries.ts';
import { orderDocuments } from './projections.ts';

export const getOrder = documentQuery({
  type: 'GetOrderById',
  summary: 'An order with its items',
  what: 'order',
  input: z.strictObject({ id: uuid }),
  answer: orderView,
  async handle({ data: { id } }, { readDb }: { readDb: Db }, { maxTimeMS }) {
    const order = await orderDocuments(readDb).findOne({ _id: id }, { maxTimeMS });
    return order === null ? undefined : toOrderView(order);
  },
});

/** The bus of all queries of orders. */
export const orderQueries = (readDb: Db) =>
  createQueryBus([getOrder, getCustomerOrders, searchOrders], { readDb });
