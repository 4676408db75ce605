// Callers that never give up: each command has a key, and is sent again with it until it is answered.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Call, type Domain, domains } from './operations.ts';
import { pick } from './random.ts';

export interface Acknowledged {
  key: string;
  domain: string;
  id: string;
  version: number;
}

export interface Ledger {
  acknowledged: Acknowledged[];
  /** Commands that were answered with a refusal (4xx); they have no effect. */
  refused: number;
  /** Commands that were still unanswered when the load ended. */
  unanswered: number;
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
  body: { id?: string; key?: string; version?: number };
}

const send = async (url: string, { method, path, body }: Call, key: string): Promise<Answer | undefined> => {
  try {
    const response = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  } catch {
    return undefined;
  }
};

export const runLoad = async ({ url, random, callers, goesOn }: LoadOptions): Promise<Ledger> => {
  const ledger: Ledger = { acknowledged: [], refused: 0, unanswered: 0, longestStallMs: 0 };
  const known = new Map<string, string[]>(domains.map(({ name }) => [name, []]));
  let count = 0;
  let lastAnswer = performance.now();
  let endsAt: number | undefined;

  const mayRetry = (): boolean => {
    if (goesOn()) return true;
    endsAt ??= performance.now() + lastAnswersWithinMs;
    return performance.now() < endsAt;
  };

  const untilAnswered = async (domain: Domain, call: Call): Promise<void> => {
    const key = randomUUID();
    while (mayRetry()) {
      const answer = await send(url(), call, key);
      if (answer !== undefined && answer.status < 500) {
        ledger.longestStallMs = Math.max(ledger.longestStallMs, performance.now() - lastAnswer);
        lastAnswer = performance.now();
        const id = answer.body.id ?? answer.body.key;
        if (answer.status >= 400 || id === undefined) {
          ledger.refused += 1;
          return;
        }
        ledger.acknowledged.push({ key, domain: domain.name, id, version: answer.body.version ?? 0 });
        if (answer.status === 201) known.get(domain.name)?.push(id);
        return;
      }
      await wait(againAfterMs);
    }
    ledger.unanswered += 1;
  };

  const caller = async (): Promise<void> => {
    while (goesOn()) {
      count += 1;
      const domain = pick(random, domains);
      const ids = known.get(domain.name) ?? [];
      const creates = ids.length === 0 || random() < 0.3;
      const call = creates ? domain.create(count) : pick(random, domain.changes)(pick(random, ids), count);
      await untilAnswered(domain, call);
    }
  };

  await Promise.all(Array.from({ length: callers }, caller));
  return ledger;
};
