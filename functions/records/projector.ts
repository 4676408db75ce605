import { queueHandler } from '../../lib/platform/queue.ts';
import { recordsProjector } from '../../lib/records/projections.ts';

export const handler = queueHandler(recordsProjector);
