// What costs are computed with: list prices, and what was measured or is assumed of one call.

/**
 * US dollars in us-east-1, as public price guides of February to June 2026 give them; Frankfurt is dearer. Look them up
 * again before you decide by them.
 */
export const prices = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  httpApiRequest: 1e-6,
  sqsRequest: 0.4e-6,
  logGb: 0.5,
  /** Of the class for infrequent access, which the access log is kept in. */
  accessLogGb: 0.25,
  metric: 0.3,
  /** For each metric that an alarm looks at. */
  alarm: 0.1,
  dashboard: 3,
};

/** Milliseconds of processor time of one call, measured here on a warm process. */
const measuredMs = {
  command: 3,
  /** Of a few messages. */
  projector: 2.2,
  /** A relay that is started by the schedule, finds nothing pending and ends. */
  relayLook: 9,
  reconcile: 19,
};

/** Lambda gives 512 MB this share of a core. */
const coreShare = 512 / 1_769;

/** What a call is paid for: its processor time at that share, and, assumed, as long again for the way to a database. */
const paidMs = (ms: number): number => (ms / coreShare) * 2;

export const durationsMs = {
  command: paidMs(measuredMs.command),
  projector: paidMs(measuredMs.projector),
  relayLook: paidMs(measuredMs.relayLook),
  reconcile: paidMs(measuredMs.reconcile),
};

/** Bytes of log, as the lines were measured, with the 26 that CloudWatch adds to each. Lambda's own three a call are off. */
export const logBytes = {
  request: 470,
  access: 300,
  projectorCall: 390,
  /** An event's correlation id on the line of its batch. */
  event: 40,
  relayBatch: 330,
  /** The relay's measures and reconcile's. */
  minute: 700,
};

/** Metrics of one function while it has traffic, and those of relay and reconcile at rest. */
export const metrics = { request: 2, consumer: 2, relay: 1, atRest: 4 };

/** Long polls of one queue a minute: Lambda keeps five pollers, of 20 s each. */
export const pollsAMinute = 15;
export const minutesAMonth = 43_800;
