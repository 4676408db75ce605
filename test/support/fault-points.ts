// Where a process may die: each call of the database or of the queue is one point, counted in the order of the calls.
// At the chosen one the process "crashes", before the call goes out or after it took effect and before its answer is
// read. From then on every call of that instance fails, as a dead process's would; a call under way still takes effect.
import { type Instrumented, instrument } from './instrument.ts';

export type CrashWhen = 'before' | 'after';

export class Crashed extends Error {
  override name = 'Crashed';
}

export interface FaultPoints extends Instrumented {
  /** How many points were passed so far. */
  readonly passed: number;
  readonly crashed: boolean;
}

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

  return {
    ...instrument(pass),
    get passed() {
      return state.passed;
    },
    get crashed() {
      return state.crashed;
    },
  };
};

/**
 * Runs `attempt` with a crash before each call in turn, until it comes through without one, and with one after the last.
 * Gives the number of crashes. Each attempt starts from its own `given`, and ends with its own checks.
 * A crash after any other call leaves what one before a later call leaves: the calls that had gone out, and no more.
 */
export const crashEverywhere = async (
  attempt: (points: FaultPoints, what: string) => Promise<void>,
): Promise<number> => {
  for (let at = 1; ; at += 1) {
    const points = createFaultPoints(at, 'before');
    await attempt(points, `before call ${at}`);
    if (points.crashed) continue;
    await attempt(createFaultPoints(at - 1, 'after'), `after call ${at - 1}, the last`);
    return at;
  }
};

/** Runs what is to crash: its crash is expected, any other error is not. */
export const untilCrash = async (points: FaultPoints, run: () => Promise<unknown>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    if (!points.crashed) throw error;
  }
};
