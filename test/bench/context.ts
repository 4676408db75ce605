// What a part of the bench works with: databases of its own on the run's mongod, and the run's queue server.
import { type Db, MongoClient } from 'mongodb';
import * as z from 'zod';
import type { Row } from './report.ts';

/** From run.ts to the process of one part. */
export const orderSchema = z.object({
  part: z.string(),
  writeUrl: z.string(),
  readUrl: z.string(),
  sqsEndpoint: z.string(),
  full: z.boolean(),
  rounds: z.int(),
  /** How long a rate is held. */
  seconds: z.number(),
});
export type Order = z.infer<typeof orderSchema>;

export interface Bench {
  writeDb: Db;
  readDb: Db;
  order: Order;
}

export type Part = (bench: Bench) => Promise<Row[]>;

export const options = {
  maxPoolSize: 40,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
} as const;

/** The floor's own client, with the concerns that the system works with. */
export const openBench = async (order: Order): Promise<Bench & { close(): Promise<void> }> => {
  const client = await MongoClient.connect(order.writeUrl, options);
  const writeDb = client.db();
  const readDb = client.db(new URL(order.readUrl).pathname.slice(1));
  const { catalogue } = await import('../../lib/domains.ts');
  await catalogue.ensureIndexes(writeDb, readDb);
  return {
    writeDb,
    readDb,
    order,
    async close() {
      await Promise.all([writeDb.dropDatabase(), readDb.dropDatabase()]);
      await client.close();
    },
  };
};

/** The same indexes on a floor's collection: what they cost is no merit of the floor's. */
export const likewiseIndexed = async (db: Db, model: string, name: string) => {
  const indexes = await db.collection(model).indexes();
  const floor = db.collection<{ _id: string }>(name);
  for (const { v: _, key, ...options } of indexes)
    if (options.name !== '_id_') await floor.createIndex(key, options);
  return floor;
};
