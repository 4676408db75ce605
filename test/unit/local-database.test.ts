// Whether a MongoDB of the user's own will do. Source: lib/local/reachable.ts.
import { beforeEach, expect, test, vi } from 'vitest';
import { isSetupError } from '../../lib/local/log.ts';
import { checkDatabase } from '../../lib/local/reachable.ts';

const given = vi.hoisted(() => ({ hello: async (): Promise<object> => ({}), closed: 0 }));
vi.mock('mongodb', async (original) => ({
  ...(await original<object>()),
  MongoClient: class {
    constructor(url: string) {
      if (!url.startsWith('mongodb')) throw new Error('Invalid scheme');
    }
    db() {
      return { command: () => given.hello() };
    }
    async close() {
      given.closed += 1;
    }
  },
}));

beforeEach(() => {
  given.closed = 0;
});

const refusal = async (url = 'mongodb://me:secret@db/x'): Promise<string | undefined> => {
  const error = await checkDatabase('READ_DB_URL', url).catch((one: unknown) => one);
  if (error === undefined) return undefined;
  expect(isSetupError(error)).toBe(true);
  return String(error).replace('SetupError: ', '');
};

test('a replica set will do, and so will a sharded cluster', async () => {
  for (const answer of [{ setName: 'rs0' }, { msg: 'isdbgrid' }]) {
    given.hello = async () => answer;
    expect(await refusal()).toBeUndefined();
  }
  expect(given.closed).toBe(2);
});

test('a database without transactions, or one that cannot be reached, is named by its setting, never by its address', async () => {
  given.hello = async () => ({ msg: 'something' });
  expect(await refusal()).toMatch(
    /^The MongoDB of READ_DB_URL is not a replica set, which transactions need: /,
  );
  given.hello = () => Promise.reject(new Error('no answer\nfrom it'));
  expect(await refusal()).toMatch(/^READ_DB_URL cannot be reached \(no answer\): start that MongoDB, /);
  expect(given.closed).toBe(2);
  expect(await refusal('db:27017')).toMatch(/^READ_DB_URL cannot be reached \(Invalid scheme\): /);
});
