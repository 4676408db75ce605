import { config } from '../lib/platform/config.ts';
import { opsRoutes } from '../lib/platform/http/ops-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { toSamples } from '../lib/platform/metric-samples.ts';
import { readDb, writeDb } from '../lib/platform/mongo.ts';
import { measureBacklog, measureSubscription } from '../lib/platform/observe.ts';
import { toPrometheus } from '../lib/platform/prometheus.ts';
import { subscriptions } from '../lib/subscriptions.ts';

export const routes = opsRoutes({
  'GET /metrics': async ({ headers }) => {
    const [backlog, ...measured] = await Promise.all([
      measureBacklog(writeDb()),
      ...Object.keys(subscriptions).map((name) => measureSubscription(readDb(), name)),
    ]);
    const report = {
      backlog,
      subscriptions: measured,
      read_lag_ms: config.READ_LAG_MS,
      within_contract: measured.every(({ within_contract }) => within_contract),
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
