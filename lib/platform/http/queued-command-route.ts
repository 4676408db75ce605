// From a request to a command on its way: 202. What the command will meet is not known yet, so that no version can be
// insisted on; an Idempotency-Key makes the command's id, so that a retry is the same command.
import { createHash, randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import type { AnyQueuedCommand } from '../../core/commands/command.ts';
import { toQueuedCommand } from '../../core/commands/queued-commands.ts';
import { rememberCommand } from '../../core/stores/command-keys.ts';
import { keyReused } from '../../core/stores/store.ts';
import { parseInput } from '../parse-input.ts';
import { postCommand } from '../post-command.ts';
import { gather, hashOf } from './command-request.ts';
import type { HttpRequest } from './request.ts';
import type { Route, Routes } from './stack.ts';

const notPromised = {
  path: 'If-Match',
  message: 'cannot be promised for a command that is queued',
};

/** As long as a caller waits for the queue at most. */
const sendTimeoutMs = 2_000;

/** One id for each key and path: another product's view with the same key is another command. */
const commandIdOf = ({ routeKey, params }: HttpRequest, key: string | undefined): string => {
  if (key === undefined) return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([routeKey, params, key]))
    .digest('base64url');
};

const queuedCommandRoute =
  ({ type, input: schema, queue, toData, answer }: AnyQueuedCommand, db: Db): Route =>
  async (request) => {
    const {
      input: raw,
      faults,
      idempotencyKey: key,
    } = gather(request, { queryFields: [], hasVersion: false });
    const insists = request.headers['if-match'] === undefined ? [] : [notPromised];
    const input = parseInput(schema, raw, [...faults, ...insists]) as never;
    const command = toQueuedCommand({ type, data: toData(input) }, request, commandIdOf(request, key));
    const { command_id } = command;
    const kept = { id: '', version: 0, command_id, request_hash: hashOf(request, input) };
    const earlier = key === undefined ? undefined : await rememberCommand(db, key, kept);
    if (earlier !== undefined && earlier.request_hash !== kept.request_hash) throw keyReused();
    // Sent again with a retry too: whoever kept the key may have died before he sent, and an id takes effect once.
    await postCommand(queue, command, sendTimeoutMs);
    return {
      status: 202,
      ...(earlier === undefined ? {} : { headers: { 'idempotency-replayed': 'true' } }),
      body: { ...answer.of(input), command_id },
    };
  };

/** The routes of a table from a route's key to the command that is sent; keys are kept in `db`. */
export const queuedCommandRoutes = (table: Record<string, AnyQueuedCommand>, db: Db): Routes =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, queuedCommandRoute(value, db)]));
