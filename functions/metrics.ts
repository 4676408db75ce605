import * as z from 'zod';
import { catalogue } from '../lib/domains.ts';
import { config } from '../lib/platform/config.ts';
import { endpoint } from '../lib/platform/http/endpoint.ts';
import { endpointRoutes } from '../lib/platform/http/endpoint-route.ts';
import { httpHandler } from '../lib/platform/http/stack.ts';
import { toSamples } from '../lib/platform/metric-samples.ts';
import { metrics } from '../lib/platform/ops/schemas/figures.ts';
import { toPrometheus } from '../lib/platform/prometheus.ts';
import { resources } from '../lib/platform/resources.ts';
import { createReporter } from '../lib/platform/system-report.ts';

const getMetrics = endpoint({
  summary: 'What is behind, what is silent, queues, lag and rebuilds, in figures',
  operators: true,
  input: z.strictObject({}),
  answer: metrics,
  rendering: {
    mediaTypes: ['text/plain', 'application/openmetrics-text'],
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    render: (report) => toPrometheus(toSamples(report)),
  },
  handle: createReporter(catalogue, resources, config.READ_LAG_MS),
});

export const routes = { 'GET /metrics': getMetrics };

export const handler = httpHandler(endpointRoutes(routes, undefined));
