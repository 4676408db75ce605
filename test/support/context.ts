// What travels with commands and queries, and what was recorded.
import type { Db } from 'mongodb';
import type { CommandContext } from '../../lib/core/commands/handle.ts';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';

export const context = (fields: Partial<CommandContext> = {}): CommandContext => ({
  commandId: fields.idempotencyKey ?? crypto.randomUUID(),
  correlationId: 'test',
  ...fields,
});

export const queryContext = { correlationId: 'test', maxTimeMS: 2_000 };

/** What was recorded in all streams of a type, stream by stream. */
export const eventsOf = async (write: Db, streamType: string): Promise<RecordedEvent[]> => {
  const rows = await eventRows(write)
    .find({ stream_type: streamType })
    .sort({ stream_id: 1, version: 1 })
    .toArray();
  return rows.map(fromRow);
};
