// What the machine's own values look like in the answers of the operators' API.
import type { DeadLetter } from '../../core/dead-letters/records.ts';
import type { EventRow } from '../../core/events.ts';
import { type Action, canBeStopped } from '../../core/ops/actions.ts';
import type { ComparedDocument } from '../../core/ops/aggregate.ts';
import type { LogEntry } from '../../core/ops/log.ts';
import type { EventPlace } from '../../core/ops/places.ts';
import { functionOf, invokeCommand } from './invoke-command.ts';

/** In lists, longer data is left out: a page must stay well below what a function may answer with. */
const mostDataBytes = 4_096;

export const toLoggedEvent = (row: LogEntry) => {
  const dataBytes = Buffer.byteLength(JSON.stringify(row.data));
  return {
    event_id: row._id,
    position: row.position,
    stream_id: row.stream_id,
    stream_type: row.stream_type,
    version: row.version,
    type: row.type,
    schema_version: row.schema_version,
    data: dataBytes <= mostDataBytes ? (row.data as Record<string, unknown>) : null,
    data_bytes: dataBytes,
    metadata: row.metadata,
    recorded_at: row.recorded_at,
    published_at: row.published_at ?? null,
  };
};

export const toPlace = ({ event_id: _, letter_id, ...place }: EventPlace, maxAttempts: number) => ({
  ...place,
  max_attempts: maxAttempts,
  dead_letter_id: letter_id === null ? null : letterIdOf(letter_id),
});

export const sendingOf = ({ error, next_attempt_at, parked_at, published_at }: EventRow) => ({
  send_error: published_at === undefined ? (error ?? null) : null,
  next_attempt_at: published_at === undefined ? (next_attempt_at ?? null) : null,
  parked_at: parked_at ?? null,
});

/** A letter's name has characters that a path has not. */
export const letterIdOf = (name: string): string => Buffer.from(name).toString('base64url');
export const letterNameOf = (id: string): string => Buffer.from(id, 'base64url').toString();

export const toDeadLetter = ({ _id, replayed_at: __, ...letter }: DeadLetter) => ({
  id: letterIdOf(_id),
  ...letter,
});

/** As it was asked for, without what was left open. */
const given = (input: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== null));

const goesOn = (state: Action['state']): boolean =>
  state === 'requested' || state === 'running' || state === 'stopping';

/** Nobody knows how long what was stopped, failed or was cut off would take. */
const remainingOf = (
  state: Action['state'],
  total: number | null,
  done: number,
  perSecond: number | null,
): number | null => {
  if (state === 'done') return 0;
  if (!goesOn(state) || total === null || perSecond === null) return null;
  return Math.round((Math.max(0, total - done) / perSecond) * 1_000);
};

const progressOf = ({ done, total: known, started_at, heard_at, state }: Action) => {
  const total = known ?? null;
  const seconds = started_at === undefined ? 0 : (heard_at.getTime() - started_at.getTime()) / 1_000;
  const perSecond = seconds > 0 && done > 0 ? done / seconds : null;
  return {
    done,
    total: total === null ? null : Math.max(total, done),
    per_second: perSecond === null ? null : Math.round(perSecond * 10) / 10,
    remaining_ms: remainingOf(state, total, done, perSecond),
  };
};

export const toAction = (action: Action) => ({
  id: action._id,
  kind: action.kind,
  target: action.target,
  input: given(action.input),
  state: action.state,
  by: action.by,
  requested_at: action.requested_at,
  started_at: action.started_at ?? null,
  heard_at: action.heard_at,
  ended_at: action.ended_at ?? null,
  progress: progressOf(action),
  result: (action.result ?? null) as Record<string, unknown> | Record<string, unknown>[] | null,
  error: action.error ?? null,
  command: invokeCommand(functionOf[action.kind], given(action.input)),
  stop_command: canBeStopped(action) ? invokeCommand('stop', { action_id: action._id }) : null,
});

/** A document's fields are its domain's: any. */
const toDocument = ({ stored, replayed, ...compared }: ComparedDocument) => ({
  ...compared,
  stored: stored as Record<string, unknown> | null,
  replayed: replayed as Record<string, unknown> | null,
});

const mostDocuments = 100;
const mostDocumentBytes = 2_000_000;

const isWrong = ({ stored, replayed, error, differing }: ComparedDocument): boolean =>
  error !== null || differing.length > 0 || (stored === null) !== (replayed === null);

/** As many as an answer has room for: those that differ before the others, in the order that they come in. */
export const toDocuments = (documents: ComparedDocument[]) => {
  let bytes = 0;
  const byNeed = documents.toSorted((one, other) => Number(isWrong(other)) - Number(isWrong(one)));
  const chosen = byNeed.slice(0, mostDocuments).filter((one, index) => {
    bytes += Buffer.byteLength(JSON.stringify([one.stored, one.replayed]));
    return index === 0 || bytes <= mostDocumentBytes;
  });
  const isChosen = new Set(chosen);
  return {
    documents: documents.filter((one) => isChosen.has(one)).map(toDocument),
    documents_left_out: documents.length - chosen.length,
  };
};
