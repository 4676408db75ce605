// The commands of a domain as they arrived: one row each, written with what the command caused, never changed.
// Guarantees: a row is there exactly when its command took effect, also when a batch was folded into one event. Whether
// a command did so before is told by the keys of the events alone: a row that is there already is written over.
// Not guaranteed: a row of a command that was refused, or that changed nothing, or whose events retention has removed.
import type { ClientSession, Db } from 'mongodb';
import type { DomainCommand } from '../decider.ts';
import type { EventRow } from '../events.ts';

/** A command with what came along with it. */
export interface ArrivedCommand extends DomainCommand {
  command_id: string;
  correlation_id: string;
  causation_id: string;
  /** When it was put on its queue, if it travelled by one. */
  sent_at?: Date;
}

export interface CommandRow extends DomainCommand {
  _id: string;
  stream_id: string;
  correlation_id: string;
  causation_id: string;
  arrived_at: Date;
}

export const keepCommands = async (
  db: Db,
  collection: string,
  { commands, stream_id, now }: { commands: ArrivedCommand[]; stream_id: string; now: Date },
  session: ClientSession,
): Promise<void> => {
  if (commands.length === 0) return;
  const rows = commands.map(({ command_id: _id, type, data, correlation_id, causation_id, sent_at }) => ({
    _id,
    type,
    data,
    stream_id,
    correlation_id,
    causation_id,
    arrived_at: sent_at ?? now,
  }));
  const writes = rows.map((row) => ({
    replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
  }));
  await db.collection<CommandRow>(collection).bulkWrite(writes, { session });
};

/** Every command that an event stands for. */
const commandIdsOf = ({ metadata: { command_id, merged_commands = [] } }: EventRow): string[] => [
  command_id,
  ...merged_commands.map((merged) => merged.command_id),
];

/** Takes the commands along whose events go. */
export const removeCommands = async (
  db: Db,
  collections: readonly string[],
  rows: EventRow[],
): Promise<void> => {
  const ids = rows.flatMap(commandIdsOf);
  for (const collection of collections)
    await db.collection<CommandRow>(collection).deleteMany({ _id: { $in: ids } });
};
