// One call of the database that meets something, while all others go as ever: it fails alone, in each way that a driver
// knows, or another writer passes just before it. Each call of a run is chosen in turn.
import { MongoBulkWriteError, MongoNetworkError, MongoServerError, MongoWriteConcernError } from 'mongodb';
import { type Instrumented, instrument } from './instrument.ts';

type Call = () => unknown;

/** What the chosen call meets; gives what the caller gets. */
export type Meets = (call: Call) => Promise<unknown>;

interface SingleCall extends Instrumented {
  /** The chosen call came. */
  readonly reached: boolean;
}

const createSingleCall = (at: number, meets: Meets): SingleCall => {
  const state = { passed: 0 };
  return {
    ...instrument(async (call) => {
      state.passed += 1;
      return (state.passed === at ? await meets(call) : await call()) as Awaited<ReturnType<typeof call>>;
    }),
    get reached() {
      return state.passed >= at;
    },
  };
};

/** Runs `attempt` with each call in turn as the chosen one, until there are no more calls. Gives their number. */
export const atEachCall = async (
  meets: Meets,
  attempt: (seam: Instrumented, at: number) => Promise<void>,
): Promise<number> => {
  for (let at = 1; ; at += 1) {
    const seam = createSingleCall(at, meets);
    await attempt(seam, at);
    if (!seam.reached) return at - 1;
  }
};

const before =
  (error: () => Error): Meets =>
  async () => {
    throw error();
  };

const after =
  (error: () => Error): Meets =>
  async (call) => {
    await call();
    throw error();
  };

const lost = (): Error => new MongoNetworkError('connection 5 to 127.0.0.1:27017 closed');

type BulkError = ConstructorParameters<typeof MongoBulkWriteError>;

/** As the driver tells of a connection that is lost in the middle of a bulk write. */
const lostInBulk = (): Error =>
  new MongoBulkWriteError(lost() as BulkError[0], { getWriteConcernError: () => undefined } as BulkError[1]);

const server = (code: number, message: string) => () => new MongoServerError({ code, message });

const byFewer = (): Error =>
  new MongoWriteConcernError({
    ok: 1,
    writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
  } as ConstructorParameters<typeof MongoWriteConcernError>[0]);

/** The ways in which a database that is away, or about to be, answers a single call. */
export const outages: Record<string, Meets> = {
  'whose connection is lost before it': before(lost),
  'whose connection is lost after it': after(lost),
  'whose connection is lost within a bulk write': after(lostInBulk),
  'that has reached too few servers': after(byFewer),
};

/** The database is there, and says no. */
export const refusals: Record<string, Meets> = {
  'that the database refuses': before(server(121, 'Document failed validation')),
};

/** Another writer passes, just before the call: that is after all calls whose answers had come. */
export const passes =
  (other: () => Promise<unknown>): Meets =>
  async (call) => {
    await other();
    return call();
  };
