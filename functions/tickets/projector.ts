import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queueHandler } from '../../lib/platform/queue.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';

export const handler = queueHandler(ticketsProjector(writeDb(), readDb()), readDb());
