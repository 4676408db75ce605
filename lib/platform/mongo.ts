// The two databases. One client each a container; it connects on first use, and by itself again after an outage.
import { type Db, MongoClient } from 'mongodb';
import { config } from './config.ts';

const clients = new Map<string, MongoClient>();

const reopenAfterMs = 200;

/** A client whose first connect fails closes for good: it is opened again, until it is closed on purpose. */
const keepOpen = (url: string, client: MongoClient): void => {
  const reopen = async (): Promise<void> => {
    if (clients.get(url) === client) await client.connect().catch(() => undefined);
  };
  client.on('topologyClosed', () => void setTimeout(reopen, reopenAfterMs).unref());
};

const clientOf = (url: string): MongoClient => {
  const known = clients.get(url);
  if (known !== undefined) return known;
  const client = new MongoClient(url, {
    appName: 'tandem',
    minPoolSize: config.DB_POOL_MIN_SIZE,
    maxPoolSize: config.DB_POOL_MAX_SIZE,
    // Every caller has an answer within 5 s: a server that says nothing is found out by its monitor after a heartbeat and
    // a connect time-out, which ends the calls that wait for it; a retry looks for another server.
    heartbeatFrequencyMS: 500,
    connectTimeoutMS: 1_500,
    serverSelectionTimeoutMS: 1_500,
    waitQueueTimeoutMS: 1_500,
    socketTimeoutMS: 20_000,
    // A socket that slept in a frozen container may be dead without a word: it is replaced, not tried.
    maxIdleTimeMS: 60_000,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  });
  clients.set(url, client);
  keepOpen(url, client);
  return client;
};

/** Commands, events, leases. */
export const writeDb = (): Db => clientOf(config.WRITE_DB_URL).db();

/** Read models, checkpoints, dead letters. */
export const readDb = (): Db => clientOf(config.READ_DB_URL).db();

export const closeDatabases = async (): Promise<void> => {
  const open = [...clients.values()];
  clients.clear();
  await Promise.all(open.map((client) => client.close()));
};
