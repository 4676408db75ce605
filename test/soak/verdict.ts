// What is true in the end, read from the databases and from a dry run of every rebuild.
import { MongoClient } from 'mongodb';
import type { EventRow } from '../../lib/core/events.ts';
import type { RebuildAnswer } from '../../lib/core/rebuild.ts';
import type { Acknowledged } from './load.ts';

export interface Verdict {
  /** Acknowledged commands without an event. */
  lost: number;
  /** Keys with more than one effect, and streams whose versions are not 1, 2, 3, … */
  doubled: number;
  /** Read documents that differ from what a replay gives. */
  drifted: number;
}

const chunk = 1_000;

export const countLostAndDoubled = async (
  writeDbUrl: string,
  acknowledged: Acknowledged[],
): Promise<Omit<Verdict, 'drifted'>> => {
  const client = await MongoClient.connect(writeDbUrl);
  const events = client.db().collection<EventRow>('events');
  let [lost, doubled] = [0, 0];
  try {
    for (let at = 0; at < acknowledged.length; at += chunk) {
      const part = acknowledged.slice(at, at + chunk);
      const keys = part.map(({ key }) => key);
      const effects = new Map<string, number>();
      for await (const row of events.find({ idempotency_keys: { $in: keys } })) {
        for (const key of row.idempotency_keys ?? []) effects.set(key, (effects.get(key) ?? 0) + 1);
      }
      lost += keys.filter((key) => !effects.has(key)).length;
      doubled += [...effects.values()].filter((count) => count > 1).length;
    }
    const torn = await events
      .aggregate([
        { $group: { _id: '$stream_id', events: { $sum: 1 }, version: { $max: '$version' } } },
        { $match: { $expr: { $ne: ['$events', '$version'] } } },
        { $count: 'streams' },
      ])
      .toArray();
    doubled += Number(torn[0]?.['streams'] ?? 0);
  } finally {
    await client.close();
  }
  return { lost, doubled };
};

export const countDrifted = (answers: RebuildAnswer[]): number =>
  answers.reduce(
    (sum, { altered, missing, surplus, failed }) => sum + altered + missing + surplus + failed,
    0,
  );
