// What failed, kept with its error. The queue server moves a message to the dead-letter queue without a word of why;
// this keeps the why, by subscription and event (or message, where no event can be read in it), from the first failure
// on, and forgets it when the event succeeds.
import { createHash } from 'node:crypto';
import type { Db } from 'mongodb';

export interface DeadLetter {
  _id: string;
  subscription: string;
  message_id: string;
  event_id?: string;
  correlation_id?: string;
  /** Error type and first own frame: what groups failures of one cause. */
  fingerprint: string;
  error: { name: string; code?: string; message: string; frame?: string };
  first_at: Date;
  last_at: Date;
  attempts: number;
  /** The last delivery is used up: the message is in the dead-letter queue. */
  dead: boolean;
  replays: number;
  /** When it was put back last. */
  replayed_at?: Date;
  body: string;
}

export interface Failure extends LetterKey {
  correlationId?: string;
  body: string;
  attempts: number;
  dead: boolean;
  error: unknown;
}

export const deadLettersCollection = 'dead_letters';

/** Names a letter for good: a redriven message has another message id, but the same event. */
export interface LetterKey {
  messageId: string;
  /** The event's id, or a queued command's. */
  eventId?: string;
}

const idOf = (subscription: string, { eventId, messageId }: LetterKey): string =>
  `${subscription}/${eventId ?? messageId}`;

const describe = (error: unknown): DeadLetter['error'] => {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: String(error) };
  const frame = error.stack
    ?.split('\n')
    .find((line) => line.includes(' at ') && !/node_modules|node:/.test(line));
  return {
    name: error.name,
    ...('code' in error ? { code: String(error.code) } : {}),
    message: error.message,
    ...(frame === undefined ? {} : { frame: frame.trim().replace(/\(?(file:\/\/)?\/\S*\/(?=[^/]+$)/, '') }),
  };
};

export const fingerprintOf = ({ name, code, frame }: DeadLetter['error']): string =>
  createHash('sha256').update([name, code, frame].join('\n')).digest('hex').slice(0, 12);

export const recordFailures = async (db: Db, subscription: string, failures: Failure[]): Promise<void> => {
  if (failures.length === 0) return;
  const now = new Date();
  const updates = failures.map((failure) => {
    const error = describe(failure.error);
    return {
      updateOne: {
        filter: { _id: idOf(subscription, failure) },
        update: {
          $set: {
            subscription,
            message_id: failure.messageId,
            ...(failure.eventId === undefined ? {} : { event_id: failure.eventId }),
            ...(failure.correlationId === undefined ? {} : { correlation_id: failure.correlationId }),
            fingerprint: fingerprintOf(error),
            error,
            last_at: now,
            attempts: failure.attempts,
            dead: failure.dead,
            body: failure.body,
          },
          $setOnInsert: { first_at: now, replays: 0 },
        },
        upsert: true,
      },
    };
  });
  await deadLetterRecords(db).bulkWrite(updates, { ordered: false });
};

export const deadLetterRecords = (db: Db) => db.collection<DeadLetter>(deadLettersCollection);

/** What succeeded after all is no dead letter any more. */
export const forgetFailures = async (db: Db, subscription: string, letters: LetterKey[]): Promise<void> => {
  if (letters.length === 0) return;
  await deadLetterRecords(db).deleteMany({
    _id: { $in: letters.map((letter) => idOf(subscription, letter)) },
  });
};

/** Counts the replay of what went back to its queue. */
export const markReplayed = async (db: Db, subscription: string, letters: LetterKey[]): Promise<void> => {
  const byEvent = letters
    .filter(({ eventId }) => eventId !== undefined)
    .map((letter) => idOf(subscription, letter));
  await deadLetterRecords(db).updateMany(
    { _id: { $in: byEvent } },
    { $inc: { replays: 1 }, $set: { dead: false, replayed_at: new Date() } },
  );
  // Without an event the next failure has another message id, and a record of its own.
  await forgetFailures(
    db,
    subscription,
    letters.filter(({ eventId }) => eventId === undefined),
  );
};

/** The message ids of one cause's letters. */
export const messageIdsOf = async (
  db: Db,
  subscription: string,
  fingerprint: string,
): Promise<Set<string>> => {
  const found = await deadLetterRecords(db)
    .find({ subscription, fingerprint }, { projection: { message_id: 1 } })
    .toArray();
  return new Set(found.map(({ message_id }) => message_id));
};

/** What is recorded of these events, by event, without their messages. */
export const findRecords = async (
  db: Db,
  subscription: string,
  eventIds: readonly string[],
): Promise<Map<string, Omit<DeadLetter, 'body'>>> => {
  if (eventIds.length === 0) return new Map();
  const ids = eventIds.map((eventId) => idOf(subscription, { eventId, messageId: eventId }));
  const found = await deadLetterRecords(db)
    .find<Omit<DeadLetter, 'body'>>({ _id: { $in: ids } }, { projection: { body: 0 } })
    .toArray();
  return new Map(
    found.flatMap((letter) => (letter.event_id === undefined ? [] : [[letter.event_id, letter]])),
  );
};

/** Those of the events that are dead letters. */
export const findDead = async (
  db: Db,
  subscription: string,
  eventIds: readonly string[],
): Promise<Set<string>> => {
  const records = await findRecords(db, subscription, eventIds);
  return new Set([...records].flatMap(([id, { dead }]) => (dead ? [id] : [])));
};

/**
 * Those of the events whose message is known to be somewhere: it is a dead letter, or was heard of since. One that was
 * put back, or is being retried, and has been silent for longer may be lost.
 */
export const findOnTheirWay = async (
  db: Db,
  subscription: string,
  eventIds: readonly string[],
  since: Date,
): Promise<Set<string>> => {
  const records = await findRecords(db, subscription, eventIds);
  const isSomewhere = ({ dead, last_at, replayed_at = last_at }: Omit<DeadLetter, 'body'>): boolean =>
    dead || last_at > since || replayed_at > since;
  return new Set([...records].flatMap(([id, letter]) => (isSomewhere(letter) ? [id] : [])));
};

/** Events with a recorded failure, whatever became of them since. */
export const listFailedEvents = async (db: Db, subscription: string, limit: number): Promise<string[]> => {
  const found = await deadLetterRecords(db)
    .find({ subscription, event_id: { $gt: '' } }, { projection: { _id: 0, event_id: 1 } })
    .limit(limit)
    .toArray();
  return found.flatMap(({ event_id }) => event_id ?? []);
};
