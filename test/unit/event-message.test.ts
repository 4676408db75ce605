// An event as a queue carries it. Source: lib/platform/queue.ts.
import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../lib/core/events.ts';
import { toMessage } from '../../lib/core/relay/publish.ts';
import { eventConsumer } from '../../lib/platform/queue.ts';

const applied: RecordedEvent[][] = [];
const { parse, describe, apply, name } = eventConsumer({
  name: 'any-projector',
  async apply(events) {
    applied.push(events);
    return { applied: events, duplicates: 0, failures: new Map() };
  },
  findMissing: async () => [],
});

const event: RecordedEvent = {
  ...{ event_id: 'e-1', stream_id: 'Any-1', stream_type: 'Any', version: 1, type: 'Happened' },
  ...{ schema_version: 2, data: { text: '€', list: [1] } },
  recorded_at: new Date('2026-11-21T10:00:00.123Z'),
  metadata: {
    ...{ command_id: 'c', correlation_id: 'call', causation_id: 'cause' },
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    requested_at: new Date('2026-11-21T09:59:59.000Z'),
    request_hash: 'hash',
    merged_commands: [{ command_id: 'd', correlation_id: 'other' }],
  },
};
const received = (one: RecordedEvent) => parse(JSON.parse(toMessage(one).body));

test('an event reaches its subscribers as it was recorded, with all that is known of its cause', async () => {
  expect(received(event)).toEqual(event);
  const { command_id, correlation_id, causation_id } = event.metadata;
  const plain = { ...event, metadata: { command_id, correlation_id, causation_id } };
  expect(received(plain)).toEqual(plain);
  await apply([received(event)]);
  expect([applied, name]).toEqual([[[event]], 'any-projector']);
});

test('names may be as short as a letter', () => {
  const short = { event_id: 'e', stream_id: 's', stream_type: 'S', type: 'T', version: 1, schema_version: 1 };
  expect(received({ ...event, ...short })).toMatchObject(short);
});

test('the lag of an event counts from when it was recorded', () => {
  expect(describe(event)).toEqual({
    ...{ id: 'e-1', correlationId: 'call', since: event.recorded_at },
    log: { event_id: 'e-1', type: 'Happened', version: 1 },
  });
});

test.each<[string, object]>([
  ['no id', { event_id: '' }],
  ['version 0', { version: 0 }],
  ['a fraction of a version', { version: 1.5 }],
  ['no schema', { schema_version: 0 }],
  ['data that is none', { data: 'text' }],
  ['no moment', { recorded_at: 'yesterday' }],
  ['no cause', { metadata: {} }],
])('a message with %s is no event', (_what, fields) => {
  expect(() => parse({ ...JSON.parse(toMessage(event).body), ...fields })).toThrow(
    expect.objectContaining({ code: 'malformed_message' }),
  );
});
