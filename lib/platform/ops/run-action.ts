// The work behind an operator's action, on record: by whatever way it was asked for, over HTTP or by `sls invoke`.
import type { Db } from 'mongodb';
import * as z from 'zod';
import { messageOf } from '../../core/errors.ts';
import {
  type ActionKind,
  endAction,
  keepResult,
  reportAction,
  requestAction,
} from '../../core/ops/actions.ts';

/** What a function's payload says beside its own input: which action it is the work of. */
export const actionField = { action_id: z.string().optional() };

export interface ActionRun {
  id: string;
  /** How far the work is; may be called often. */
  progress(done: number, total?: number): void;
  /** Until the work has to stop: its time is up, or the operator has said so. */
  timeLeftMs(): number;
}

interface ActionWork {
  db: Db;
  /** Absent: it is not on record yet. */
  actionId: string | undefined;
  /** Who asks, if it is not on record yet; `sls invoke` if absent. */
  by?: string | undefined;
  kind: ActionKind;
  target: string;
  input: object;
  timeLeftMs(): number;
}

const everyMs = 500;

/** Says how far the work is, now and then, and hears whether it is to stop. */
const createReporter = (db: Db, id: string) => {
  const state = {
    done: undefined as number | undefined,
    total: undefined as number | undefined,
    stop: false,
  };
  let last: Promise<void> = Promise.resolve();
  const report = (): Promise<void> => {
    const { done, total } = state;
    last = last
      .then(() => reportAction(db, id, { ...(done === undefined ? {} : { done }), total }))
      .then((stop) => {
        state.stop ||= stop;
      })
      .catch(() => undefined);
    return last;
  };
  const timer = setInterval(() => void report(), everyMs).unref();
  return {
    state,
    report,
    async end(): Promise<void> {
      clearInterval(timer);
      await report();
    },
  };
};

/**
 * Does the work and keeps what became of it.
 * @param work gives its answer (`kept`: what of it stays on record), and whether all is done; if not, and nobody has stopped it, `goOn` is called.
 */
export const runAction = async <A extends object>(
  { db, actionId, by = 'sls invoke', kind, target, input, timeLeftMs }: ActionWork,
  work: (run: ActionRun) => Promise<{ answer: A; done: boolean; kept?: object }>,
  goOn?: (actionId: string) => Promise<void>,
): Promise<A> => {
  const id = actionId ?? (await requestAction(db, { kind, target, input, by }))._id;
  const reporter = createReporter(db, id);
  await reporter.report();
  try {
    const {
      answer,
      done,
      kept = answer,
    } = await work({
      id,
      progress(count, total) {
        reporter.state.done = count;
        reporter.state.total = total ?? reporter.state.total;
      },
      timeLeftMs: () => (reporter.state.stop ? 0 : timeLeftMs()),
    });
    await reporter.end();
    if (!done && !reporter.state.stop && goOn !== undefined) {
      await keepResult(db, id, kept);
      await goOn(id);
    } else await endAction(db, id, { state: done ? 'done' : 'stopped', result: kept });
    return answer;
  } catch (error) {
    await reporter.end();
    await endAction(db, id, { state: 'failed', error: messageOf(error) }).catch(() => undefined);
    throw error;
  }
};
