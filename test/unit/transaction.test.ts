import { type ClientSession, type MongoClient, MongoError } from 'mongodb';
import { expect, test, vi } from 'vitest';
import { durably, inTransaction } from '../../lib/core/stores/transaction.ts';

const labelled = (label: string): MongoError => {
  const error = new MongoError('no answer to the commit');
  error.addErrorLabel(label);
  return error;
};

/** A client whose commits fail with these, one after the other, and then succeed. */
const clientWith = (failures: Error[], ending: Promise<void> = Promise.resolve()) => {
  const seen = { commits: 0, ended: 0, options: undefined as unknown };
  const session: Partial<ClientSession> = {
    startTransaction: (options) => {
      seen.options = options;
    },
    commitTransaction: async () => {
      seen.commits += 1;
      const failure = failures[seen.commits - 1];
      if (failure !== undefined) throw failure;
    },
    endSession: async () => {
      await ending;
      seen.ended += 1;
    },
  };
  const client: Partial<MongoClient> = { startSession: () => session as ClientSession };
  return { client: client as MongoClient, seen };
};

test('a commit whose answer was lost is asked for again, and the work is done once', async () => {
  const unknown = labelled('UnknownTransactionCommitResult');
  const { client, seen } = clientWith([unknown, unknown]);
  let works = 0;
  const result = await inTransaction(client, async () => {
    works += 1;
    return 'done';
  });
  expect([result, works, seen.commits, seen.ended]).toEqual(['done', 1, 3, 1]);
});

test('a commit that failed is not asked for again', async () => {
  const lost = labelled('TransientTransactionError');
  const { client, seen } = clientWith([lost]);
  await expect(inTransaction(client, async () => 'done')).rejects.toBe(lost);
  expect([seen.commits, seen.ended]).toEqual([1, 1]);
});

test('what is acknowledged was written by a majority, to disk, from one picture of the data', async () => {
  const { client, seen } = clientWith([]);
  await inTransaction(client, async () => undefined);
  expect(durably).toMatchObject({ w: 'majority', journal: true });
  expect(seen.options).toEqual({ readConcern: { level: 'snapshot' }, writeConcern: durably });
});

test('a commit that nobody answers is given up after a while, since its caller waits', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const unknown = labelled('UnknownTransactionCommitResult');
  const { client, seen } = clientWith(Array.from({ length: 100 }, () => unknown));
  const { startSession } = client;
  client.startSession = () => {
    const session = startSession();
    const { commitTransaction } = session;
    session.commitTransaction = () => {
      vi.advanceTimersByTime(400);
      return commitTransaction();
    };
    return session;
  };
  await expect(inTransaction(client, async () => 'done')).rejects.toBe(unknown);
  // In one and a half seconds.
  expect(seen.commits).toBe(4);
  vi.useRealTimers();
});

test('what is open is aborted before a refusal is told, but who meets an outage does not wait for a server', async () => {
  const { promise: never } = Promise.withResolvers<void>();
  const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });
  await expect(inTransaction(clientWith([], never).client, () => Promise.reject(away))).rejects.toBe(away);
  const refused = new Error('no');
  const { promise: ending, resolve: end } = Promise.withResolvers<void>();
  const { client, seen } = clientWith([], ending);
  const told = inTransaction(client, () => Promise.reject(refused)).catch((error: unknown) => [
    error,
    seen.ended,
  ]);
  await new Promise(setImmediate);
  end();
  expect(await told).toEqual([refused, 1]);
});
