// When events took effect, for traces: kept for a day, and under load not of every event. A convenience for who looks,
// not a record that anything rests on.
import type { Db } from 'mongodb';

export const effectsCollection = 'effects';

export interface Effect {
  event_id: string;
  at: Date;
}

interface EffectsRow {
  subscription: string;
  at: Date;
  effects: Effect[];
}

/** One small row for many effects. */
export const recordEffects = async (db: Db, subscription: string, effects: Effect[]): Promise<void> => {
  if (effects.length === 0) return;
  await db
    .collection<EffectsRow>(effectsCollection)
    .insertOne({ subscription, at: new Date(), effects }, { writeConcern: { w: 1, journal: false } });
};

/** When each event took effect first, by `subscription/event_id`. */
export const findEffects = async (db: Db, eventIds: readonly string[]): Promise<Map<string, Date>> => {
  if (eventIds.length === 0) return new Map();
  const wanted = new Set(eventIds);
  const found = new Map<string, Date>();
  const rows = db
    .collection<EffectsRow>(effectsCollection)
    .find({ 'effects.event_id': { $in: [...eventIds] } })
    .sort({ at: -1 })
    .limit(2_000);
  for await (const { subscription, effects } of rows)
    for (const { event_id, at } of effects)
      if (wanted.has(event_id)) found.set(`${subscription}/${event_id}`, at);
  return found;
};
