// Closes the loop: walks the log behind the relay and applies what a subscriber should have by now and has not (a
// purged queue, an expired message). Guarantees: every published event is looked at once, `graceMs` after it was
// published; what was missing is applied and counted. Bounded: it reads from its checkpoint on, by an index.
import type { Db } from 'mongodb';
import { createCheckpoint } from '../checkpoint.ts';
import { databaseTime } from '../database-time.ts';
import { fromRow, type RecordedEvent } from '../events.ts';
import { applyEvents, type Subscriber } from '../projection/subscriber.ts';
import type { PositionedRow } from '../stores/event-log.ts';
import { walkLog } from './walk-log.ts';

export interface ReconcileOptions {
  writeDb: Db;
  /** Keeps the checkpoint. */
  readDb: Db;
  subscribers: { subscriber: Subscriber; hears: readonly string[] }[];
  graceMs: number;
  timeLeftMs(): number;
  /** What could not be applied here either; its message may be lost. */
  onFailed(subscription: string, events: RecordedEvent[]): Promise<void>;
}

export interface ReconcileAnswer {
  scanned: number;
  /** Events that had not taken effect and now have, by subscription. */
  healed: Record<string, number>;
  failed: number;
  /** Where the next run goes on. */
  position: number;
  done: boolean;
}

/** The rows up to the first that is on its way still. */
const settled = (rows: PositionedRow[], before: Date): PositionedRow[] => {
  const open = rows.findIndex(({ published_at, parked_at }) => {
    const at = published_at ?? parked_at;
    return at === undefined || at > before;
  });
  return open === -1 ? rows : rows.slice(0, open);
};

export const reconcile = async (options: ReconcileOptions): Promise<ReconcileAnswer> => {
  const { writeDb, readDb, subscribers, graceMs, timeLeftMs, onFailed } = options;
  const checkpoint = createCheckpoint<{ position: number }>(readDb, 'reconcile');
  const answer: ReconcileAnswer = { scanned: 0, healed: {}, failed: 0, position: 1, done: false };

  const heal = async (events: RecordedEvent[]): Promise<void> => {
    for (const { subscriber, hears } of subscribers) {
      const missing = await subscriber.findMissing(events.filter(({ type }) => hears.includes(type)));
      if (missing.length === 0) continue;
      const { applied, failures } = await applyEvents(subscriber, missing);
      answer.healed[subscriber.name] = (answer.healed[subscriber.name] ?? 0) + applied.length;
      answer.failed += failures.size;
      if (failures.size > 0) {
        await onFailed(
          subscriber.name,
          missing.filter((event) => failures.has(event.event_id)),
        );
      }
    }
  };

  const before = new Date((await databaseTime(writeDb)).getTime() - graceMs);
  const { position, done } = await walkLog({
    db: writeDb,
    from: (await checkpoint.find())?.position ?? 1,
    timeLeftMs,
    ready: (rows) => settled(rows, before),
    async visit(rows) {
      await heal(rows.filter(({ parked_at }) => parked_at === undefined).map(fromRow));
      answer.scanned += rows.length;
    },
    onReached: (position) => checkpoint.save({ position }),
  });
  return { ...answer, position, done };
};
