import { queueHandler } from '../../lib/platform/queue.ts';
import { ticketsProjector } from '../../lib/tickets/projections.ts';

export const handler = queueHandler(ticketsProjector);
