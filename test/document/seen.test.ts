// Runs after all others: what the OpenAPI document promises and no test has ever seen.
import { expect, test } from 'vitest';
import { describedAnswers } from '../support/document.ts';
import { readSeen } from '../support/seen.ts';

/** What cannot be had over HTTP here, each with what shows it instead. */
const elsewhere: [what: RegExp, why: string][] = [
  [/ 403$/, 'a deployed stage without a token: unit/operators'],
  [/ 500$/, 'a fault of this code: unit/problem'],
  [/ 503$/, 'an outage: integration/failover, which calls the functions'],
  [
    /^(POST \/(tickets|orders|suppliers|write)|\w+ \/(tickets\/\{id\}\/note|suppliers\/\{id\}|products\/\{id\}\/(stock|price))) 409$/,
    'a race lost again and again, or two requests with one key at once: contract/store, integration/key-races',
  ],
];

test('every answer that the document promises has been seen, or is known from elsewhere', () => {
  const seen = readSeen();
  const never = describedAnswers().filter((answer) => !seen.has(answer));
  expect(never.filter((answer) => !elsewhere.some(([what]) => what.test(answer)))).toEqual([]);
  for (const [what, why] of elsewhere)
    expect(
      never.some((answer) => what.test(answer)),
      why,
    ).toBe(true);
});
