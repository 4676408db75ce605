import { expect, test } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import { sendingOf } from '../../lib/platform/ops/wire.ts';

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
