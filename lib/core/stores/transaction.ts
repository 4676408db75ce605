// One attempt at a transaction. Guarantees: `work` ran once and all of it is committed, or the error says why not.
// Not guaranteed: that nothing was committed when the error is isUnknownCommit. Retrying is the caller's, after a fresh
// load; the driver's withTransaction would retry blindly for 120 s, and its `timeoutMS` has no effect (mongodb 7.8).
import type { ClientSession, MongoClient } from 'mongodb';
import { isUnavailable, isUnknownCommit } from '../driver-errors.ts';

// The driver's own retry may have waited for a server by then: twice would be too long for a quick 503.
const commitDeadlineMs = 1_500;

/**
 * What a command is acknowledged upon. The limit is for the caller's sake: past it the outcome is unknown, as after a cut.
 * Without one a write waits for a majority for ever, and a repeated commit, by the driver, for ten seconds.
 */
export const durably = { w: 'majority', journal: true, wtimeoutMS: 1_500 } as const;

const commit = async (session: ClientSession): Promise<void> => {
  const deadline = performance.now() + commitDeadlineMs;
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isUnknownCommit(error) || performance.now() > deadline) throw error;
    }
  }
};

export const inTransaction = async <T>(
  client: MongoClient,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> => {
  const session = client.startSession();
  let reachable = true;
  try {
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: durably,
    });
    const result = await work(session);
    await commit(session);
    return result;
  } catch (error) {
    reachable = !isUnavailable(error);
    throw error;
  } finally {
    // Ending a session aborts what is open, which waits for a server: not worth a caller's time while there is none.
    const ended = session.endSession().catch(() => undefined);
    if (reachable) await ended;
  }
};
