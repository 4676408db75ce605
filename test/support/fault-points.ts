// Where a process may die: each call of the database or of the queue is one point, counted in the order of the calls.
// At the chosen one the process "crashes", before the call goes out or after it took effect and before its answer is
// read. From then on every call of that instance fails, as a dead process's would; a call under way still takes effect.
import type { Db } from 'mongodb';

export type CrashWhen = 'before' | 'after';

export class Crashed extends Error {
  override name = 'Crashed';
}

export interface FaultPoints {
  /** How many points were passed so far. */
  readonly passed: number;
  readonly crashed: boolean;
  /** The same database, each of whose calls is a point. */
  db(db: Db): Db;
  /** The same port, each of whose calls is a point. */
  port<T extends object>(port: T): T;
}

/** What gives a value at once; anything else that can be called is a call to the server. */
const local = new Set<PropertyKey>([
  ...['collection', 'db', 'startSession', 'watch', 'find', 'aggregate', 'startTransaction', 'inTransaction'],
  ...['sort', 'limit', 'skip', 'batchSize', 'project', 'hint', 'map', 'readBufferedDocuments'],
]);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const createFaultPoints = (crashAt: number, when: CrashWhen): FaultPoints => {
  const state = { passed: 0, crashed: false };

  const pass = async <T>(call: () => T | Promise<T>): Promise<T> => {
    if (state.crashed) throw new Crashed('dead');
    state.passed += 1;
    const crashesHere = state.passed === crashAt;
    if (crashesHere && when === 'before') {
      state.crashed = true;
      throw new Crashed(`before call ${crashAt}`);
    }
    const answer = await call();
    if (crashesHere) state.crashed = true;
    if (state.crashed) throw new Crashed(`after call ${crashAt}`);
    return answer;
  };

  async function* iterate(cursor: object): AsyncGenerator<unknown> {
    const ask = (name: string) => pass(() => Reflect.apply(Reflect.get(cursor, name), cursor, []));
    try {
      while (await ask('hasNext')) yield await Reflect.apply(Reflect.get(cursor, 'next'), cursor, []);
    } finally {
      await Reflect.apply(Reflect.get(cursor, 'close'), cursor, []);
    }
  }

  const wrap = <T extends object>(target: T, isLocal: (name: PropertyKey) => boolean): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name === Symbol.asyncIterator) return () => iterate(target);
        if (name === 'client' && isObject(value)) return wrap(value, isLocal);
        if (typeof value !== 'function') return value;
        if (!isLocal(name)) return (...args: unknown[]) => pass(() => Reflect.apply(value, target, args));
        return (...args: unknown[]) => {
          const given: unknown = Reflect.apply(value, target, args);
          // An alarm clock of the dead rings for nobody: it is left as it is, so that it can be closed.
          return isObject(given) && !Array.isArray(given) && name !== 'watch' ? wrap(given, isLocal) : given;
        };
      },
      set: (_, name, value) => Reflect.set(target, name, value, target),
    });

  return {
    get passed() {
      return state.passed;
    },
    get crashed() {
      return state.crashed;
    },
    db: (db) => wrap(db, (name) => local.has(name)),
    port: (port) => wrap(port, () => false),
  };
};

/**
 * Runs `attempt` with a crash at each point in turn, in both ways, until it comes through without one. Gives the number
 * of crashes. Each attempt starts from its own `given`, and ends with its own checks.
 */
export const crashEverywhere = async (
  attempt: (points: FaultPoints, what: string) => Promise<void>,
): Promise<number> => {
  let crashes = 0;
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at += 1) {
      const points = createFaultPoints(at, when);
      await attempt(points, `${when} call ${at}`);
      if (!points.crashed) break;
      crashes += 1;
    }
  }
  return crashes;
};

/** Runs what is to crash: its crash is expected, any other error is not. */
export const untilCrash = async (points: FaultPoints, run: () => Promise<unknown>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    if (!points.crashed) throw error;
  }
};
