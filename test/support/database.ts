import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { databaseSlot } from './provided.ts';

export interface Databases {
  write: Db;
  read: Db;
  writeUrl: string;
  readUrl: string;
  drop(): Promise<void>;
}

/** A write and a read database of their own, on the run's mongod. */
export const createDatabases = async (): Promise<Databases> => {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const writeUrl = databaseUrl(`${name}_write`);
  const readUrl = databaseUrl(`${name}_read`);
  const client = await MongoClient.connect(writeUrl);
  const [write, read] = [client.db(`${name}_write`), client.db(`${name}_read`)];
  const drop = async () => {
    await write.dropDatabase();
    await read.dropDatabase();
    await client.close();
  };
  return { write, read, writeUrl, readUrl, drop };
};

/** The same for a whole test file: there from `beforeAll` on, dropped at its end. */
export const useDatabases = (): Readonly<Databases> => {
  let databases: Databases | undefined;
  const get = () => {
    if (!databases) throw new Error('the databases are there from beforeAll on');
    return databases;
  };
  beforeAll(async () => {
    databases = await createDatabases();
  });
  afterAll(() => databases?.drop());
  return {
    get write() {
      return get().write;
    },
    get read() {
      return get().read;
    },
    get writeUrl() {
      return get().writeUrl;
    },
    get readUrl() {
      return get().readUrl;
    },
    drop: () => get().drop(),
  };
};

/** The connection string of one database on the run's mongod. */
export const databaseUrl = (database: string): string => {
  return inject('mongoUrl').replace(databaseSlot, database);
};
