// Where a long job is, so that the next run goes on from there.
import type { Db, Document } from 'mongodb';

export interface Checkpoint<T> {
  find(): Promise<T | undefined>;
  save(value: T): Promise<void>;
}

export const checkpointsCollection = 'checkpoints';

export const createCheckpoint = <T extends Document>(db: Db, name: string): Checkpoint<T> => {
  const checkpoints = db.collection<{ _id: string; value: T; saved_at: Date }>(checkpointsCollection);
  // One at a time: of two saves under way the older might land last, and what lies between would be skipped.
  let saving: Promise<void> = Promise.resolve();
  return {
    async find() {
      const found = await checkpoints.findOne({ _id: name });
      return found === null ? undefined : (found.value as T);
    },
    save(value) {
      const turn = saving.then(async () => {
        await checkpoints.replaceOne({ _id: name }, { value, saved_at: new Date() } as never, {
          upsert: true,
        });
      });
      saving = turn.catch(() => undefined);
      return turn;
    },
  };
};

/** Several at once, by name. */
export const findCheckpoints = async <T extends Document>(
  db: Db,
  names: readonly string[],
): Promise<Map<string, T>> => {
  const found = await db
    .collection<{ _id: string; value: T }>(checkpointsCollection)
    .find({ _id: { $in: [...names] } })
    .toArray();
  return new Map(found.map(({ _id, value }) => [_id, value as T]));
};
