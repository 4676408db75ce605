import { catalogue } from '../../lib/domains.ts';
import { endpointRoutes } from '../../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../../lib/platform/http/stack.ts';
import { getAggregate, getSystem } from '../../lib/platform/ops/aggregates.ts';
import { createLooking } from '../../lib/platform/ops/looking.ts';
import { getEvent, getTrace, listLog } from '../../lib/platform/ops/queries.ts';
import { resources } from '../../lib/platform/resources.ts';

export const routes = {
  'GET /ops/system': getSystem,
  'GET /ops/events': listLog,
  'GET /ops/events/{event_id}': getEvent,
  'GET /ops/traces/{correlation_id+}': getTrace,
  'GET /ops/aggregates/{stream_id+}': getAggregate,
};

export const handler = httpHandler(endpointRoutes(routes, createLooking(catalogue, resources)));
