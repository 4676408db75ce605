import { summarizeLag } from '../../lib/core/projection/lag.ts';
import { refuseParameters } from '../../lib/platform/fields.ts';
import { httpHandler, type Routes } from '../../lib/platform/http/stack.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { measureBacklog } from '../../lib/platform/observe.ts';
import { countRecords } from '../../lib/records/stats.ts';

const lagMinutes = 5;

export const routes: Routes = {
  'GET /stats': async ({ query }) => {
    refuseParameters(query);
    const [counts, backlog, lag] = await Promise.all([
      countRecords(writeDb()),
      measureBacklog(writeDb()),
      summarizeLag(readDb(), 'records-projector', lagMinutes),
    ]);
    return { status: 200, body: { ...counts, backlog, lag } };
  },
};

export const handler = httpHandler(routes);
