// What operators do, on record: asked for, at work, ended. Guarantees: the record is there before the work begins, says
// how far it came, and stays if the work is cut off; who asks it to stop is heard at its next step. The work itself is
// safe to start again.
import type { Db } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { AppError } from '../errors.ts';

export const actionsCollection = 'operator_actions';

export type ActionKind =
  | 'redrive'
  | 'unpark'
  | 'discard'
  | 'rebuild'
  | 'dry_run'
  | 'replay'
  | 'mend'
  | 'reconcile';

export type ActionState = 'requested' | 'running' | 'stopping' | 'done' | 'stopped' | 'failed' | 'cut_off';

export interface ActionRequest {
  kind: ActionKind;
  /** A subscription, a projection, a stream id, or `all`. */
  target: string;
  input: object;
  by: string;
}

/** As it is kept; `cut_off` is found out when it is read. */
export interface ActionRow extends ActionRequest {
  _id: string;
  state: Exclude<ActionState, 'cut_off'>;
  requested_at: Date;
  started_at?: Date;
  heard_at: Date;
  ended_at?: Date;
  done: number;
  total?: number;
  result?: unknown;
  error?: string;
}

export interface Action extends Omit<ActionRow, 'state'> {
  state: ActionState;
}

/** Those that take long, and can be stopped. */
export const stoppableKinds = ['rebuild', 'dry_run', 'replay'] as const satisfies readonly ActionKind[];

const silentMs = 60_000;
const ends = ['done', 'stopped', 'failed'] as const;

const actions = (db: Db) => db.collection<ActionRow>(actionsCollection);

const hasEnded = ({ state }: ActionRow): boolean => ends.some((end) => end === state);

const asRead = (row: ActionRow): Action => ({
  ...row,
  state: !hasEnded(row) && Date.now() - row.heard_at.getTime() > silentMs ? 'cut_off' : row.state,
});

/** Whether it may still be asked to stop. */
export const canBeStopped = ({ kind, state }: Action): boolean =>
  stoppableKinds.some((one) => one === kind) && ['requested', 'running'].includes(state);

/** Puts an action on record; its work is yet to begin. */
export const requestAction = async (db: Db, request: ActionRequest): Promise<Action> => {
  const now = new Date();
  const row: ActionRow = {
    _id: uuidv7(),
    ...request,
    state: 'requested',
    requested_at: now,
    heard_at: now,
    done: 0,
  };
  await actions(db).insertOne(row);
  return row;
};

/** @throws AppError `not_found` */
export const getAction = async (db: Db, id: string, kinds?: readonly ActionKind[]): Promise<Action> => {
  const row = await actions(db).findOne({
    _id: id,
    ...(kinds === undefined ? {} : { kind: { $in: [...kinds] } }),
  });
  if (row === null) throw new AppError('not_found', 'There is no such action');
  return asRead(row);
};

/** The newest first, from those before `after` on. */
export const listActions = async (
  db: Db,
  { kind, after, limit }: { kind?: ActionKind | undefined; after?: string | undefined; limit: number },
): Promise<Action[]> => {
  const filter = {
    ...(kind === undefined ? {} : { kind }),
    ...(after === undefined ? {} : { _id: { $lt: after } }),
  };
  return (await actions(db).find(filter).sort({ _id: -1 }).limit(limit).toArray()).map(asRead);
};

/** @throws AppError `rule_violated` if it has ended. */
export const stopAction = async (db: Db, id: string, kinds: readonly ActionKind[]): Promise<Action> => {
  await getAction(db, id, kinds);
  const row = await actions(db).findOneAndUpdate(
    { _id: id, state: { $nin: [...ends] } },
    { $set: { state: 'stopping' } },
    { returnDocument: 'after' },
  );
  if (row === null) throw new AppError('rule_violated', 'The action has ended');
  return asRead(row);
};

/** Says that an action is at work and how far it is; gives whether it was asked to stop. */
export const reportAction = async (
  db: Db,
  id: string,
  progress: { done?: number; total?: number | undefined },
): Promise<boolean> => {
  const now = new Date();
  const known = Object.fromEntries(Object.entries(progress).filter(([, value]) => value !== undefined));
  const row = await actions(db).findOneAndUpdate(
    { _id: id, state: { $nin: [...ends] } },
    [
      {
        $set: {
          ...known,
          heard_at: now,
          started_at: { $ifNull: ['$started_at', now] },
          state: { $cond: [{ $eq: ['$state', 'requested'] }, 'running', '$state'] },
        },
      },
    ],
    { returnDocument: 'after' },
  );
  return row?.state === 'stopping';
};

/** What has come out so far, of work that goes on with another call. */
export const keepResult = async (db: Db, id: string, result: unknown): Promise<void> => {
  await actions(db).updateOne({ _id: id }, { $set: { result } });
};

export const endAction = async (
  db: Db,
  id: string,
  outcome: { state: (typeof ends)[number]; result?: unknown; error?: string },
): Promise<void> => {
  const now = new Date();
  await actions(db).updateOne({ _id: id }, { $set: { ...outcome, ended_at: now, heard_at: now } });
};
