// What became of the commands, read from the write database.
import { type Collection, MongoClient } from 'mongodb';
import type { EventRow } from '../../lib/core/events.ts';
import { commandKeysCollection } from '../../lib/core/stores/command-keys.ts';
import type { Ledger } from './load.ts';

export interface Verdict {
  /** Acknowledged commands that left no trace. */
  lost: Ledger['acknowledged'];
  /** Keys with more than one effect. */
  doubled: string[];
  /** Keys of refused commands that took effect all the same. */
  ghosts: string[];
  /** Streams whose versions are not 1, 2, 3, … */
  torn: string[];
}

const chunk = 1_000;

const countEffects = async (
  events: Collection<EventRow>,
  kept: Collection<{ _id: string }>,
  keys: string[],
): Promise<Map<string, number>> => {
  const effects = new Map<string, number>();
  const add = (key: string): unknown => effects.set(key, (effects.get(key) ?? 0) + 1);
  for await (const row of events.find({ idempotency_keys: { $in: keys } })) {
    for (const key of row.idempotency_keys ?? []) add(key);
  }
  // A key is kept beside the event that it made; alone it tells of a command that changed nothing.
  for await (const { _id } of kept.find({ _id: { $in: keys } })) if (!effects.has(_id)) add(_id);
  return effects;
};

const findTorn = async (events: Collection<EventRow>): Promise<string[]> => {
  const torn = await events
    .aggregate<{ _id: string }>([
      { $group: { _id: '$stream_id', events: { $sum: 1 }, version: { $max: '$version' } } },
      { $match: { $expr: { $ne: ['$events', '$version'] } } },
    ])
    .toArray();
  return torn.map(({ _id }) => _id);
};

export const judge = async (
  writeDbUrl: string,
  { acknowledged, refusedKeys }: Pick<Ledger, 'acknowledged' | 'refusedKeys'>,
): Promise<Verdict> => {
  const client = await MongoClient.connect(writeDbUrl);
  const events = client.db().collection<EventRow>('events');
  const kept = client.db().collection<{ _id: string }>(commandKeysCollection);
  const verdict: Verdict = { lost: [], doubled: [], ghosts: [], torn: [] };
  try {
    for (let at = 0; at < acknowledged.length; at += chunk) {
      const part = acknowledged.slice(at, at + chunk);
      const effects = await countEffects(
        events,
        kept,
        part.map(({ key }) => key),
      );
      verdict.lost.push(...part.filter(({ key }) => !effects.has(key)));
      verdict.doubled.push(...[...effects].flatMap(([key, count]) => (count > 1 ? [key] : [])));
    }
    verdict.ghosts = [...(await countEffects(events, kept, refusedKeys)).keys()];
    verdict.torn = await findTorn(events);
  } finally {
    await client.close();
  }
  return verdict;
};
