import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { inject } from 'vitest';
import { findMongod } from '../../lib/local/mongod-binary.ts';
import { freePort } from '../../lib/local/ports.ts';
import { guarded } from './guard.ts';
import { waitFor } from './wait-for.ts';

export interface AuthMongod {
  /** The connection string of a user that has this role on the database, and none besides. */
  urlFor(role: 'read' | 'readWrite', database: string): Promise<string>;
  stop(): Promise<void>;
}

const root = { user: 'root', pwd: 'root' };

/** A mongod of its own that asks who is there. */
export const startAuthMongod = async (): Promise<AuthMongod> => {
  const dbPath = mkdtempSync(join(inject('runDir'), 'auth-'));
  const { path } = await findMongod(dbPath, () => undefined);
  const port = await freePort();
  const options = [
    '--auth',
    '--bind_ip',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--dbpath',
    dbPath,
    '--nounixsocket',
  ];
  const child = spawn(path, options, { stdio: 'ignore', detached: true });
  const unguard = guarded(inject('runDir'), child.pid ?? 0);
  const admin = (credentials = '') => `mongodb://${credentials}127.0.0.1:${port}/admin`;
  await waitFor(
    'mongod to take its first user',
    async () => {
      const client = await MongoClient.connect(admin(), { serverSelectionTimeoutMS: 500 });
      try {
        return await client.db('admin').command({ createUser: root.user, pwd: root.pwd, roles: ['root'] });
      } finally {
        await client.close();
      }
    },
    { timeoutMs: 30_000, everyMs: 100 },
  );
  return {
    async urlFor(role, database) {
      const client = await MongoClient.connect(admin(`${root.user}:${root.pwd}@`));
      const user = `${role}_${database}`;
      await client.db('admin').command({ createUser: user, pwd: 'test', roles: [{ role, db: database }] });
      await client.close();
      return `mongodb://${user}:test@127.0.0.1:${port}/${database}?authSource=admin`;
    },
    async stop() {
      child.kill('SIGKILL');
      await waitFor('mongod to end', () => child.exitCode !== null || child.signalCode !== null);
      unguard();
      rmSync(dbPath, { recursive: true, force: true });
    },
  };
};
