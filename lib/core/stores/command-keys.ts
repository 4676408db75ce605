// Which command a caller's key stands for. Guarantees: of all commands that are sent under one key one takes effect, or
// changes nothing, whichever aggregates they are for and however they race: the key's row here is written in the same
// transaction as the events, and by a command that has none on its own. All others are told of that one.
// A row goes after 30 days, and with its events. The last event of an append has its key too, for as long as it is kept.
import type { ClientSession, Db } from 'mongodb';
import { aggregateId, type EventRow } from '../events.ts';
import { eventRows } from './event-rows.ts';
import type { KeyedCommand } from './store.ts';
import { durably } from './transaction.ts';

interface CommandKey extends KeyedCommand {
  _id: string;
  at: Date;
}

export const commandKeysCollection = 'command_keys';

const commandKeys = (db: Db) => db.collection<CommandKey>(commandKeysCollection);

export const findByKey = async (db: Db, key: string): Promise<KeyedCommand | undefined> => {
  const kept = await commandKeys(db).findOne({ _id: key });
  if (kept !== null) return kept;
  const row = await eventRows(db).findOne({ idempotency_keys: key });
  if (row === null) return undefined;
  const { command_id, request_hash } = row.metadata;
  return { id: aggregateId(row.stream_id), version: row.version, command_id, request_hash };
};

/** Keeps the key of a command with the last event that it appends. Fails if another command has it. */
export const keepKey = async (
  db: Db,
  id: string,
  { version, metadata }: EventRow,
  key: string | undefined,
  session: ClientSession,
): Promise<void> => {
  if (key === undefined) return;
  const { command_id, request_hash } = metadata;
  await commandKeys(db).insertOne(
    { _id: key, id, version, command_id, request_hash, at: new Date() },
    { session },
  );
};

/** Keeps the key of a command that changes nothing, unless another command has it: then it gives that one. */
export const rememberUnchanged = async (
  db: Db,
  key: string,
  command: KeyedCommand,
): Promise<KeyedCommand | undefined> => {
  const before = await commandKeys(db).findOneAndUpdate(
    { _id: key },
    { $setOnInsert: { ...command, at: new Date() } },
    { upsert: true, writeConcern: durably },
  );
  return before ?? undefined;
};

/** Keeps a command that is yet to take effect under its key. Gives what used the key before, if anything. */
export const rememberCommand = async (
  db: Db,
  key: string,
  command: KeyedCommand,
): Promise<KeyedCommand | undefined> => (await findByKey(db, key)) ?? rememberUnchanged(db, key, command);

/** The keys are new ones from then on. */
export const forgetKeys = async (db: Db, keys: string[]): Promise<void> => {
  await commandKeys(db).deleteMany({ _id: { $in: keys } });
};
