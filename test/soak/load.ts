// Callers that never give up: each command has a key, and is sent again with it until it is answered.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { entries } from '../support/entries.ts';
import type { Call, Kind } from '../support/test-domain.ts';
import { pick } from './random.ts';

const kinds = entries.flatMap(({ http }) => http.kinds);

export interface Acknowledged {
  /** Under which its effect can be found. */
  key: string;
  kind: string;
  id: string;
}

export interface Ledger {
  acknowledged: Acknowledged[];
  /** Answers in the 400s, by what they say; such a command has no effect. */
  refused: Map<string, number>;
  refusedKeys: string[];
  /** Commands that were still unanswered when the load ended. */
  unanswered: number;
  /** Answers from 500 up other than 503, by what they say: there should be none. */
  broken: Map<string, number>;
  /** Answers 503, and the slowest of them. */
  unavailable: number;
  slowestUnavailableMs: number;
  /** The longest time without an acknowledgement for anyone. */
  longestStallMs: number;
}

interface LoadOptions {
  /** Where the system is now; it may move when it is started again. */
  url(): string;
  random(): number;
  callers: number;
  /** False ends the load: what is under way is still sent again until answered, for a while. */
  goesOn(): boolean;
}

const answerWithinMs = 15_000;
const lastAnswersWithinMs = 60_000;
const againAfterMs = 100;

interface Answer {
  status: number;
  body: { id?: string; key?: string; command_id?: string; detail?: string };
  durationMs: number;
}

const toInit = ({ method, body }: Call, key: string): RequestInit => ({
  method,
  headers: { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  signal: AbortSignal.timeout(answerWithinMs),
});

/** Undefined if the connection fails. */
const send = async (url: string, call: Call, key: string): Promise<Answer | undefined> => {
  const started = performance.now();
  try {
    const response = await fetch(url + call.path, toInit(call, key));
    const body = (await response.json()) as Answer['body'];
    return { status: response.status, body, durationMs: performance.now() - started };
  } catch {
    return undefined;
  }
};

const increment = (counts: Map<string, number>, { status, body }: Answer, call: Call): void => {
  const what = `${status} ${call.method} ${call.path.replaceAll(/[0-9a-f-]{36}|key-\d+/g, '…')}: ${body.detail}`;
  counts.set(what, (counts.get(what) ?? 0) + 1);
};

const toAcknowledged = (kind: string, key: string, { status, body }: Answer): Acknowledged => ({
  // A queued command is known by the id that its answer names.
  key: status === 202 ? (body.command_id ?? key) : key,
  kind,
  id: body.id ?? body.key ?? '',
});

export const runLoad = async ({ url, random, callers, goesOn }: LoadOptions): Promise<Ledger> => {
  const ledger: Ledger = {
    acknowledged: [],
    refused: new Map(),
    refusedKeys: [],
    unanswered: 0,
    broken: new Map(),
    unavailable: 0,
    slowestUnavailableMs: 0,
    longestStallMs: 0,
  };
  const known = new Map<string, string[]>(kinds.map(({ name }) => [name, []]));
  let count = 0;
  let lastAcknowledged = performance.now();
  let endsAt: number | undefined;

  const pickKnown = (kind: string): string | undefined => {
    const ids = known.get(kind) ?? [];
    return ids.length === 0 ? undefined : pick(random, ids);
  };

  const mayRetry = (): boolean => {
    if (goesOn()) return true;
    endsAt ??= performance.now() + lastAnswersWithinMs;
    return performance.now() < endsAt;
  };

  const acknowledge = (kind: string, key: string, answer: Answer): void => {
    const acknowledged = toAcknowledged(kind, key, answer);
    ledger.acknowledged.push(acknowledged);
    if (answer.status === 201) known.get(kind)?.push(acknowledged.id);
    ledger.longestStallMs = Math.max(ledger.longestStallMs, performance.now() - lastAcknowledged);
    lastAcknowledged = performance.now();
  };

  /** Whether the answer ends the command; what is in trouble is sent again. */
  const settle = (kind: string, call: Call, key: string, answer: Answer): boolean => {
    if (answer.status < 300) acknowledge(kind, key, answer);
    else if (answer.status < 500) {
      increment(ledger.refused, answer, call);
      ledger.refusedKeys.push(key);
    } else if (answer.status === 503) {
      ledger.unavailable += 1;
      ledger.slowestUnavailableMs = Math.max(ledger.slowestUnavailableMs, answer.durationMs);
    } else increment(ledger.broken, answer, call);
    return answer.status < 500;
  };

  const untilAnswered = async ({ name }: Kind, call: Call): Promise<void> => {
    const key = randomUUID();
    while (mayRetry()) {
      const answer = await send(url(), call, key);
      if (answer !== undefined && settle(name, call, key, answer)) return;
      await wait(againAfterMs);
    }
    ledger.unanswered += 1;
  };

  const nextCall = (kind: Kind): Call | undefined => {
    const id = pickKnown(kind.name);
    const creates = id === undefined || random() < 0.3;
    return creates ? kind.create(count, pickKnown) : pick(random, kind.changes)(id, count);
  };

  const caller = async (): Promise<void> => {
    while (goesOn()) {
      count += 1;
      const kind = pick(random, kinds);
      const call = nextCall(kind);
      if (call === undefined) await wait(againAfterMs);
      else await untilAnswered(kind, call);
    }
  };

  await Promise.all(Array.from({ length: callers }, caller));
  return ledger;
};
