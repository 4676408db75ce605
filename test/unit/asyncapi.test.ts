import { expect, test } from 'vitest';
import { asyncApiOf } from '../../lib/deploy/documents/asyncapi.ts';
import { catalogue } from '../../lib/domains.ts';

const document = asyncApiOf(catalogue);

test('the AsyncAPI document has every queue, with what comes by it', () => {
  expect(Object.keys(document['channels'] ?? {})).toEqual(catalogue.queueNames);
  for (const { name, hears } of catalogue.subscribers) {
    expect(document).toHaveProperty(['channels', name, 'messages']);
    for (const type of hears)
      expect(document).toHaveProperty(
        ['channels', name, 'messages', type, '$ref'],
        `#/components/messages/${type}`,
      );
  }
});

test('and every event with its data', () => {
  for (const { eventTypes } of catalogue.streams)
    for (const [type, { schema_version }] of Object.entries(eventTypes)) {
      const payload = ['components', 'messages', type, 'payload', 'properties'];
      expect(document).toHaveProperty([...payload, 'schema_version', 'maximum'], schema_version);
      expect(document).toHaveProperty([...payload, 'data', 'properties']);
    }
});
