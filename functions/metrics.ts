import { findRebuildProgress } from '../lib/core/repair/rebuild.ts';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { refuseParameters } from '../lib/platform/fields.ts';
import { opsRoutes } from '../lib/platform/http/ops-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { toSamples } from '../lib/platform/metric-samples.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { measureBacklog, measureQueue, measureSubscription } from '../lib/platform/observe.ts';
import { toPrometheus } from '../lib/platform/prometheus.ts';
import { resources } from '../lib/platform/resources.ts';

const models = catalogue.openReadModels(resources);

export const routes = opsRoutes({
  'GET /metrics': async ({ headers, query }) => {
    refuseParameters(query);
    const [backlog, measured, queues, rebuilds] = await Promise.all([
      measureBacklog(writeDb()),
      Promise.all(catalogue.subscribers.map(({ name }) => measureSubscription(readDb(), name))),
      Promise.all(catalogue.commandQueues.map((name) => measureQueue(readDb(), name))),
      Promise.all(models.map(({ projection }) => findRebuildProgress(readDb(), projection.name))),
    ]);
    const report = {
      backlog,
      subscriptions: measured,
      command_queues: queues,
      rebuilds: rebuilds.filter((progress) => progress !== undefined),
      read_lag_ms: config.READ_LAG_MS,
      within_contract:
        backlog.oldest_pending_ms <= config.READ_LAG_MS &&
        measured.every(({ within_contract }) => within_contract),
    };
    const wantsText = /text\/plain|openmetrics/.test(headers['accept'] ?? '');
    if (!wantsText) return { status: 200, body: report };
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: toPrometheus(toSamples(report)),
    };
  },
});

export const handler = httpHandler(routes);
