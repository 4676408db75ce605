import { expect, test, vi } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import type { Action } from '../../lib/core/ops/actions.ts';
import type { ComparedDocument } from '../../lib/core/ops/aggregate.ts';
import { sendingOf, toAction, toDocuments, toLoggedEvent } from '../../lib/platform/ops/wire.ts';

const [nextAttemptAt, parkedAt, publishedAt] = [new Date(1), new Date(2), new Date(3)];
const row = (fields: Partial<EventRow>) => fields as EventRow;

test('an event that waits to be sent says why and until when; once it was sent, what went before is over', () => {
  const failed = { error: 'queue: away', next_attempt_at: nextAttemptAt };
  expect(sendingOf(row(failed))).toEqual({
    send_error: 'queue: away',
    next_attempt_at: nextAttemptAt,
    parked_at: null,
  });
  expect(sendingOf(row({ ...failed, published_at: publishedAt }))).toEqual({
    send_error: null,
    next_attempt_at: null,
    parked_at: null,
  });
  expect(sendingOf(row({ error: 'refused', parked_at: parkedAt }))).toMatchObject({
    send_error: 'refused',
    parked_at: parkedAt,
  });
  expect(sendingOf(row({}))).toEqual({ send_error: null, next_attempt_at: null, parked_at: null });
});

const wholeAction = (fields: Partial<Action>) =>
  toAction({
    ...{ _id: 'a', kind: 'rebuild', target: 'tickets', input: {}, by: 'anyone', state: 'running' },
    ...{ requested_at: new Date(0), started_at: new Date(1_000), heard_at: new Date(11_000), done: 40 },
    ...fields,
  } as Action);
const action = (fields: Partial<Action>) => wholeAction(fields).progress;

test('an action says how fast it is, and how long it will take from now on', () => {
  expect(action({ total: 100 })).toEqual({ done: 40, total: 100, per_second: 4, remaining_ms: 15_000 });
  expect(action({})).toEqual({ done: 40, total: null, per_second: 4, remaining_ms: null });
  expect(action({ total: 100, done: 0 })).toMatchObject({ per_second: null, remaining_ms: null });
  expect(action({ total: 30 })).toEqual({ done: 40, total: 40, per_second: 4, remaining_ms: 0 });
  expect(action({ total: 100, state: 'done' })).toMatchObject({ remaining_ms: 0 });
});

test.each(['stopped', 'failed', 'cut_off'] as const)('an action that is %s has no time left', (state) => {
  expect(action({ total: 100, state })).toMatchObject({ done: 40, total: 100, remaining_ms: null });
});

test('a list leaves out data of more than 4096 bytes, and says how much there is', () => {
  const shown = (bytes: number) => toLoggedEvent({ ...row({}), data: 'x'.repeat(bytes - 2) } as never);
  expect(shown(4_096)).toMatchObject({ data: expect.stringMatching(/^x+$/), data_bytes: 4_096 });
  expect(shown(4_097)).toMatchObject({ data: null, data_bytes: 4_097 });
});

test('an action shows the command that does the same, and the one that stops it, for the stage that it runs on', () => {
  const heard_at = new Date();
  const here = wholeAction({ input: { projection: 'tickets' }, heard_at });
  expect(here).toMatchObject({
    command: `npx sls invoke -f rebuild --data '{"projection":"tickets"}'`,
    stop_command: `npx sls invoke -f stop --data '{"action_id":"a"}'`,
  });
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'tandem-dev-opsActions');
  expect(wholeAction({ kind: 'mend', input: { stream_id: "It's-1" } })).toMatchObject({
    command: `npx sls invoke --stage dev -f mend --data '{"stream_id":"It'\\''s-1"}'`,
    stop_command: null,
  });
  expect(wholeAction({ state: 'done' }).stop_command).toBeNull();
});

const document = (id: string, fields: Partial<ComparedDocument> = {}) =>
  ({ id, stored: {}, replayed: {}, error: null, differing: [], ...fields }) as ComparedDocument;

test('of more documents than an answer has room for, those that differ are shown, each in its place', () => {
  const many = Array.from({ length: 150 }, (_, index) => document(`sound-${index}`));
  const all = [...many, document('altered', { differing: ['type'] }), document('missing', { stored: null })];
  const { documents, documents_left_out } = toDocuments(all);
  expect(documents_left_out).toBe(52);
  expect(documents.map(({ id }) => id)).toEqual([
    ...many.slice(0, 98).map(({ id }) => id),
    'altered',
    'missing',
  ]);
  const large = { text: 'x'.repeat(1_500_000) } as object as ComparedDocument['stored'];
  const two = [
    document('sound', { stored: large }),
    document('other', { stored: large, differing: ['text'] }),
  ];
  expect(toDocuments(two)).toMatchObject({ documents: [{ id: 'other' }], documents_left_out: 1 });
});

test('documents are shown as long as they have 2,000,000 bytes in all', () => {
  const frame = JSON.stringify([{ text: '' }, {}]).length;
  const half = (more: number) =>
    ({ text: 'x'.repeat(1_000_000 - frame + more) }) as object as ComparedDocument['stored'];
  const leftOut = (more: number) =>
    toDocuments([document('one', { stored: half(0) }), document('other', { stored: half(more) })])
      .documents_left_out;
  expect([leftOut(0), leftOut(1)]).toEqual([0, 1]);
});
