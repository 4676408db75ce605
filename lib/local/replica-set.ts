import { MongoClient, MongoServerError } from 'mongodb';
import { SetupError } from './log.ts';

export const replicaSet = 'rs0';
const primaryWithinMs = 30_000;
const alreadyInitialized = 23;

const hostOf = (port: number): string => `127.0.0.1:${port}`;

const withNode = async <T>(port: number, use: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(`mongodb://${hostOf(port)}/?directConnection=true`, {
    serverSelectionTimeoutMS: 10_000,
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
};

const initiate = async (client: MongoClient, port: number): Promise<void> => {
  const config = { _id: replicaSet, members: [{ _id: 0, host: hostOf(port) }] };
  try {
    await client.db('admin').command({ replSetInitiate: config });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== alreadyInitialized) throw error;
  }
};

/** Makes the node on the port the primary of its set of one, and waits until it takes writes. */
export const becomePrimary = (port: number): Promise<void> =>
  withNode(port, async (client) => {
    await initiate(client, port);
    const deadline = Date.now() + primaryWithinMs;
    for (;;) {
      const { isWritablePrimary } = await client.db('admin').command({ hello: 1 });
      if (isWritablePrimary === true) return;
      if (Date.now() > deadline) throw new SetupError(`mongod on port ${port} did not become primary.`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });

/**
 * The set's configuration names its host. A node that moved to another port must find the new one
 * there before it starts as a member: a member looks for itself at the old address, for 30 seconds
 * if another program has it. For a node that runs alone; the data is untouched.
 */
export const moveReplicaSet = (port: number): Promise<void> =>
  withNode(port, async (client) => {
    await client
      .db('local')
      .collection('system.replset')
      .updateMany({}, { $set: { 'members.0.host': hostOf(port) }, $inc: { version: 1 } });
  });
