// Pending events of 1 KB, and a relay that publishes them.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import type { EventRow } from '../../lib/core/events.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { runRelay } from '../../lib/core/relay/relay.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { config } from '../../lib/platform/config.ts';
import { chunks } from './measure.ts';

export const pendingRows = (count: number): EventRow[] =>
  Array.from({ length: count }, () => {
    const id = uuidv7();
    return {
      _id: uuidv7(),
      stream_id: `Ticket-${id}`,
      stream_type: 'Ticket',
      version: 1,
      type: 'TicketCreated',
      schema_version: 1,
      data: { customer_id: 'customer-1', subject: 'The printer is on fire', message: 'x'.repeat(500) },
      metadata: { command_id: id, correlation_id: id, causation_id: id },
      recorded_at: new Date(),
      pending: true,
    };
  });

export const insertPending = async (db: Db, count: number): Promise<void> => {
  const events = eventRows(db);
  for (const batch of chunks(pendingRows(count), 2_000)) await events.insertMany(batch);
};

/** Ends when so many events are published. */
export const relayAll = async (
  db: Db,
  subscriptions: string | readonly string[],
  count: number,
  publisher: Publisher,
): Promise<void> => {
  let published = 0;
  await runRelay({
    db,
    publisher,
    subscriptionsOf: () => [subscriptions].flat(),
    maxAttempts: 5,
    owner: 'bench',
    batchSize: config.RELAY_BATCH_SIZE,
    pollMs: config.RELAY_POLL_INTERVAL_MS,
    leaseMs: 3_000,
    timeLeftMs: () => (published >= count ? 0 : 60_000),
    onBatch(result) {
      published += result.published;
    },
  });
};
