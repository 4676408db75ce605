import { currentFunction } from '../../lib/platform/current-function.ts';
import { queryRoutes } from '../../lib/platform/http/query-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { createLog } from '../../lib/platform/logger.ts';
import { readDb } from '../../lib/platform/mongo.ts';
import { commandSender } from '../../lib/platform/post-command.ts';
import { readRecord, recordQueries } from '../../lib/records/queries.ts';
import { recordCommandsQueue } from '../../lib/records/store.ts';

export const routes = { 'GET /read/{key+}': readRecord };

const bus = recordQueries({
  readDb: readDb(),
  send: commandSender(recordCommandsQueue),
  warn: (message, details) => createLog(currentFunction()).warn(message, details),
});

export const handler = httpHandler(queryRoutes(routes, bus));
