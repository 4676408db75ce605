import { catalogue } from '../../lib/domains.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { missingRoute } from '../../lib/platform/http/missing-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import {
  getActionOf,
  listAllActions,
  namedActions,
  postReconcile,
  stopActionOf,
} from '../../lib/platform/ops/actions.ts';
import { mend } from '../../lib/platform/ops/aggregates.ts';
import { createLooking } from '../../lib/platform/ops/looking.ts';
import { resources } from '../../lib/platform/resources.ts';

const { postRedrive, postDiscard, postRebuild, postReplay } = namedActions(catalogue);

export const routes = {
  'GET /ops/actions': listAllActions,
  'GET /ops/actions/{id}': getActionOf(),
  'POST /ops/redrive': postRedrive,
  'POST /ops/discard': postDiscard,
  'POST /ops/rebuilds': postRebuild,
  'GET /ops/rebuilds/{id}': getActionOf(['rebuild', 'dry_run']),
  'DELETE /ops/rebuilds/{id}': stopActionOf(['rebuild', 'dry_run']),
  'POST /ops/replays': postReplay,
  'GET /ops/replays/{id}': getActionOf(['replay']),
  'DELETE /ops/replays/{id}': stopActionOf(['replay']),
  'POST /ops/reconcile': postReconcile,
  'POST /ops/aggregates/{stream_id+}/mend': mend,
};

export const handler = httpHandler(
  endpointRoutes(routes, createLooking(catalogue, resources)),
  missingRoute(process.env['ROUTES'] ?? ''),
);
