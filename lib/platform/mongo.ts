// The two databases. One client each a container; it connects on first use and by itself again after an outage.
import { type Db, MongoClient } from 'mongodb';
import { config } from './config.ts';

const clients = new Map<string, MongoClient>();

const clientOf = (url: string): MongoClient => {
  const known = clients.get(url);
  if (known !== undefined) return known;
  const client = new MongoClient(url, {
    appName: 'tandem',
    minPoolSize: config.DB_POOL_MIN_SIZE,
    maxPoolSize: config.DB_POOL_MAX_SIZE,
    // An outage is a quick 503, and a socket that died in a frozen container is found out.
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 20_000,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  });
  clients.set(url, client);
  return client;
};

/** Commands, events, leases. */
export const writeDb = (): Db => clientOf(config.WRITE_DB_URL).db();

/** Read models, checkpoints, dead letters. */
export const readDb = (): Db => clientOf(config.READ_DB_URL).db();

export const closeDatabases = async (): Promise<void> => {
  await Promise.all([...clients.values()].map((client) => client.close()));
  clients.clear();
};
