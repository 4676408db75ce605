import { type Db, MongoClient, MongoServerError } from 'mongodb';
import { fieldAt, numberAt, stringAt } from './files.ts';
import { SetupError } from './log.ts';

export const REPLICA_SET = 'rs0';
const PRIMARY_WITHIN_MS = 30_000;
const NOT_YET_INITIALIZED = 94;

const codeOf = (error: unknown): unknown => (error instanceof MongoServerError ? error.code : undefined);

const initiate = (admin: Db, host: string): Promise<unknown> =>
  admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });

// The set's configuration names its host: after a move to another port it must be rewritten, by
// force, since a node that does not find itself in it can have no primary. Data is untouched.
const moveTo = async (admin: Db, host: string): Promise<void> => {
  const { config } = await admin.command({ replSetGetConfig: 1 });
  const [member] = Array.isArray(fieldAt(config, 'members')) ? config.members : [];
  if (stringAt(member, 'host') === host) return;
  const version = (numberAt(config, 'version') ?? 1) + 1;
  await admin.command({
    replSetReconfig: { ...config, version, members: [{ ...member, host }] },
    force: true,
  });
};

/** Makes the node on the port the primary of its set of one, and waits until it takes writes. */
export const becomePrimary = async (port: number): Promise<void> => {
  const host = `127.0.0.1:${port}`;
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 5000,
  });
  try {
    const admin = client.db('admin');
    try {
      await moveTo(admin, host);
    } catch (error) {
      if (codeOf(error) !== NOT_YET_INITIALIZED) throw error;
      await initiate(admin, host);
    }
    const deadline = Date.now() + PRIMARY_WITHIN_MS;
    for (;;) {
      const { isWritablePrimary } = await admin.command({ hello: 1 });
      if (isWritablePrimary === true) return;
      if (Date.now() > deadline) throw new SetupError(`mongod on ${host} did not become primary.`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await client.close();
  }
};
