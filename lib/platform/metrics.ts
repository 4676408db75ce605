// Metrics as log lines in CloudWatch's Embedded Metric Format.
import { Metrics } from '@aws-lambda-powertools/metrics';
import { config } from './config.ts';
import { type MetricName, metricNamespace, metricUnits, serviceName } from './metric-names.ts';

/** Writes one line with all the values; a list of values is a distribution. */
export const emitMetrics = (
  functionName: string,
  values: Partial<Record<MetricName, number | number[]>>,
): void => {
  // One instance a line: instances collect until published, and a container may serve several calls at once locally.
  const metrics = new Metrics({
    namespace: metricNamespace,
    serviceName: serviceName(config.STAGE),
    defaultDimensions: { function: functionName },
  });
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) metrics.addMetric(name, metricUnits[name as MetricName], one);
  }
  metrics.publishStoredMetrics();
};
