// What the system costs a month, at rest and for a million commands: `node lib/deploy/costs.ts`. Computed from
// serverless.yml's own numbers of functions, queues and alarms, the prices and the assumptions below.
// Without free tiers, without data transfer, without the database.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { catalogue } from '../domains.ts';

const { commandQueues, queueNames, subscribers } = catalogue;

import { alarmsOf } from './alarms.ts';

/** List prices of us-east-1 in US dollars, as public price guides of February to June 2026 give them. Frankfurt is dearer. */
const prices = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  httpApiRequest: 1e-6,
  sqsRequest: 0.4e-6,
  logGb: 0.5,
  metric: 0.3,
  alarm: 0.1,
  dashboard: 3,
};

const assumed = {
  memoryGb: 0.5,
  /** Of one command, one call of a projector and one run of reconcile, on a third of a core. */
  commandMs: 20,
  projectorMs: 30,
  reconcileMs: 300,
  /** Of the relay: started each minute, at work for two. */
  relayMs: 114_000,
  /** Messages that a projector gets in one call, between 1 at rest and 10 under load. */
  messagesACall: 3,
  /** Long polls of one queue a minute: Lambda has five pollers, of 20 s each. */
  pollsAMinute: 15,
  /** Our lines at both ends, Lambda's own three a call, the access log, and 26 bytes that CloudWatch adds to each. */
  logBytesACommand: 1_800,
  logBytesAMinute: 2_500,
  /** EMF metrics that are sent at rest: of relay and reconcile. */
  metricsAtRest: 5,
  /** And those of a function that answers requests, or takes messages, while it has some. */
  metricsOfHttp: 3,
  metricsOfConsumer: 6,
  minutesAMonth: 43_800,
};

const file = z.object({
  functions: z.record(z.string(), z.looseObject({ events: z.array(z.looseObject({})).optional() })),
});
const place = { service: 'tandem', stage: 'prod', queuePrefix: 'tandem', projectionMode: 'async' };
const written = readFileSync('lib/deploy/alarms.yml', 'utf8').match(/AWS::CloudWatch::Alarm/g)?.length ?? 0;
const read = file.parse(parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' }));
const alarms = written + Object.keys(alarmsOf({ functions: read.functions as never }, place)).length;

const seconds = (count: number, ms: number): number =>
  ((count * ms) / 1_000) * assumed.memoryGb * prices.lambdaGbSecond;

const { minutesAMonth: minutes } = assumed;
const atRest = {
  'relay, two awake': seconds(minutes, assumed.relayMs) + minutes * prices.lambdaRequest,
  'reconcile, each minute': seconds(minutes, assumed.reconcileMs) + minutes * prices.lambdaRequest,
  [`polling ${queueNames.length} queues`]:
    queueNames.length * minutes * assumed.pollsAMinute * prices.sqsRequest,
  [`${alarms} alarms`]: alarms * prices.alarm,
  'metrics and dashboard': assumed.metricsAtRest * prices.metric + prices.dashboard,
  logs: ((assumed.logBytesAMinute * minutes) / 1e9) * prices.logGb,
};

const million = 1e6;
const calls = million / assumed.messagesACall;
const aMillion = {
  gateway: million * prices.httpApiRequest,
  'command function': seconds(million, assumed.commandMs) + million * prices.lambdaRequest,
  'projector, one subscriber': seconds(calls, assumed.projectorMs) + calls * prices.lambdaRequest,
  'queue: sends in tens, receives, deletes': (million / 10 + 2 * calls) * prices.sqsRequest,
  logs: ((assumed.logBytesACommand * million) / 1e9) * prices.logGb,
};

const table = (title: string, costs: Record<string, number>): string => {
  const total = Object.values(costs).reduce((sum, cost) => sum + cost, 0);
  const rows = Object.entries({ ...costs, '**together**': total });
  return [
    `| ${title} | $ |`,
    '|---|--:|',
    ...rows.map(([name, cost]) => `| ${name} | ${cost.toFixed(2)} |`),
  ].join('\n');
};

console.log(table('a month at rest', atRest));
console.log(`\n${table('a million commands with one event each', aMillion)}`);
const withEvent = (kind: string): number =>
  Object.values(read.functions).filter(({ events = [] }) => events.some((event) => kind in event)).length;
const metrics = withEvent('httpApi') * assumed.metricsOfHttp + withEvent('sqs') * assumed.metricsOfConsumer;
console.log(
  `\nWith traffic on all functions in every hour of a month: ${metrics} more metrics, $${(metrics * prices.metric).toFixed(2)}.`,
);
console.log(
  `\n${subscribers.length} subscriptions, ${commandQueues.length} command queues, ${Object.keys(read.functions).length} functions.`,
);
