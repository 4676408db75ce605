import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { queueHandler } from '../../lib/platform/queue.ts';
import { recordsProjector } from '../../lib/records/projections.ts';

export const handler = queueHandler(recordsProjector(writeDb(), readDb()), readDb());
