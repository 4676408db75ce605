import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { refuseParameters } from '../lib/platform/fields.ts';
import { opsRoutes } from '../lib/platform/http/ops-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { toSamples } from '../lib/platform/metric-samples.ts';
import { toPrometheus } from '../lib/platform/prometheus.ts';
import { resources } from '../lib/platform/resources.ts';
import { createReporter } from '../lib/platform/system-report.ts';

const report = createReporter(catalogue, resources, config.READ_LAG_MS);

export const routes = opsRoutes({
  'GET /metrics': async ({ headers, query }) => {
    refuseParameters(query);
    const wantsText = /text\/plain|openmetrics/.test(headers['accept'] ?? '');
    if (!wantsText) return { status: 200, body: await report() };
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: toPrometheus(toSamples(await report())),
    };
  },
});

export const handler = httpHandler(routes);
