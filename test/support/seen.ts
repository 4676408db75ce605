// What the suites have seen of the document, for the test that asks what they have never seen.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readDocument } from './document.ts';
import type { Check } from './http.ts';

const file = (): string => join(inject('runDir'), 'answers-seen');

/** Each operation and status that an answer of this run had: `GET /tickets/{id} 200`. */
export const readSeen = (): Set<string> =>
  new Set(existsSync(file()) ? readFileSync(file(), 'utf8').split('\n').filter(Boolean) : []);

/** Fails on an answer that the document does not know, and keeps in mind which ones there were. */
export const checkAnswers = (): Check => {
  const faultsOf = readDocument();
  const noted = new Set<string>();
  return (method, path, answer) => {
    const { seen, faults } = faultsOf(method, path, answer);
    if (faults.length > 0) {
      const what = `${method} ${path.slice(0, 200)} answered ${answer.status}`;
      throw new Error(
        `${what}, against the OpenAPI document: ${faults.join('; ')}\n${answer.text.slice(0, 1_000)}`,
      );
    }
    for (const one of seen.filter((name) => !noted.has(name))) {
      noted.add(one);
      appendFileSync(file(), `${one}\n`);
    }
  };
};
