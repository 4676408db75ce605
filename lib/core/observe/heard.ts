// When each part that works unseen was heard of last: who should have been and was not is silent, and silence is an
// alarm. By the database's clock.
import type { Db } from 'mongodb';

export const heardCollection = 'heard';

interface Heard {
  _id: string;
  at: Date;
}

/** Cheap: what a crash takes with it is said again by the next one. */
export const sayHeard = async (db: Db, name: string): Promise<void> => {
  await db
    .collection<Heard>(heardCollection)
    .updateOne(
      { _id: name },
      { $currentDate: { at: true } },
      { upsert: true, writeConcern: { w: 1, journal: false } },
    );
};

export const listHeard = async (db: Db): Promise<Map<string, Date>> => {
  const found = await db.collection<Heard>(heardCollection).find().toArray();
  return new Map(found.map(({ _id, at }) => [_id, at]));
};
