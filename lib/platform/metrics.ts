// Metrics as log lines in CloudWatch's Embedded Metric Format.
import { Metrics } from '@aws-lambda-powertools/metrics';
import { config } from './config.ts';
import {
  isMetric,
  type MetricName,
  metricNamespace,
  metricUnits,
  rareMetrics,
  serviceName,
} from './metric-names.ts';

const byFunction = new Map<string, Metrics>();

/** Kept for the container's life: making one costs a hundred times what a line does. */
const metricsOf = (functionName: string): Metrics => {
  const known = byFunction.get(functionName);
  if (known !== undefined) return known;
  const metrics = new Metrics({
    namespace: metricNamespace,
    serviceName: serviceName(config.STAGE),
    defaultDimensions: { function: functionName },
  });
  byFunction.set(functionName, metrics);
  return metrics;
};

/**
 * Writes one line with all the values, at once: nothing is kept between calls. A list of values is a distribution.
 * `about` stands on the line beside them, to be searched for; it is no dimension.
 */
export const emitMetrics = (
  functionName: string,
  values: Partial<Record<MetricName, number | number[]>>,
  about: Record<string, string> = {},
): void => {
  const metrics = metricsOf(functionName);
  for (const [name, value] of Object.entries(about)) metrics.addMetadata(name, value);
  for (const name of Object.keys(values).filter(isMetric)) {
    if (values[name] === 0 && rareMetrics.has(name)) continue;
    for (const value of [values[name] ?? []].flat()) metrics.addMetric(name, metricUnits[name], value);
  }
  metrics.publishStoredMetrics();
};
