// Metrics as log lines in CloudWatch's Embedded Metric Format, written by hand: 3 µs a line, where the library that
// does it takes 300, which was a tenth of a command.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import { config } from './config.ts';
import { isMetric, type MetricName, metricNamespace, metricUnits, serviceName } from './metric-names.ts';
import { writeLine } from './stdout.ts';

const service = serviceName(config.STAGE);

/** CloudWatch reads no more values of one metric in one line. */
const mostValues = 100;

type Values = Partial<Record<MetricName, number | number[]>>;

const writeValues = (functionName: string, values: Values): void => {
  const Metrics = Object.keys(values)
    .filter(isMetric)
    .map((Name) => ({ Name, Unit: metricUnits[Name] }));
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [['service', 'function']], Metrics }],
    },
    service,
    function: functionName,
    ...values,
  };
  writeLine(JSON.stringify(line));
};

/** Writes one line with all the values; a list of values is a distribution. */
export const emitMetrics = (functionName: string, values: Values): void => {
  const first: Values = {};
  const rest: Values = {};
  for (const name of Object.keys(values).filter(isMetric)) {
    const value = values[name];
    if (Array.isArray(value) && value.length > mostValues) {
      first[name] = value.slice(0, mostValues);
      rest[name] = value.slice(mostValues);
    } else if (value !== undefined) first[name] = value;
  }
  writeValues(functionName, first);
  if (Object.keys(rest).length > 0) emitMetrics(functionName, rest);
};
