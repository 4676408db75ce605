// Source: lib/core/indexes.ts.
import { expect, test } from 'vitest';
import { deadLettersCollection } from '../../lib/core/dead-letters/records.ts';
import { machineReadIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { effectsCollection } from '../../lib/core/ops/effects.ts';
import { lagsCollection } from '../../lib/core/projection/lag.ts';
import { commandKeysCollection } from '../../lib/core/stores/command-keys.ts';
import { eventsCollection } from '../../lib/core/stores/event-rows.ts';

const all = [...machineWriteIndexes, ...machineReadIndexes];
const day = 24 * 60 * 60;

test('what is kept for a while goes by itself: keys after 30 days, dead letters after their queue has lost them', () => {
  const expiring = all.flatMap(({ collection, keys, options }) => {
    const seconds = options?.expireAfterSeconds;
    return seconds === undefined ? [] : [[collection, keys, seconds / day]];
  });
  expect(expiring).toEqual([
    [commandKeysCollection, { at: 1 }, 30],
    [lagsCollection, { minute: 1 }, 1],
    [effectsCollection, { at: 1 }, 1],
    [deadLettersCollection, { last_at: 1 }, 15],
  ]);
});

test('a version of a stream, and a key, are there once', () => {
  const unique = all.flatMap(({ collection, keys, options }) =>
    options?.unique ? [[collection, keys]] : [],
  );
  expect(unique).toEqual([
    [eventsCollection, { stream_id: 1, version: 1 }],
    [eventsCollection, { idempotency_keys: 1 }],
  ]);
});
