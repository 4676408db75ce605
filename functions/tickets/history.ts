import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { writeDb } from '../../lib/platform/mongo.ts';
import { getTicketHistory } from '../../lib/tickets/history.ts';

export const routes = {
  'GET /tickets/{id}/history': getTicketHistory,
};

const bus = createQueryBus([getTicketHistory], { writeDb: writeDb() });

export const handler = httpHandler(queryRoutes(routes, bus));
