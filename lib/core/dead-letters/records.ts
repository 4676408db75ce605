// What failed, kept with its error. The queue server moves a message to the dead-letter queue without a word of why;
// this keeps the why, by subscription and event (or message, if no event can be read in it), from the first failure
// on, and forgets it when the event succeeds, when the letter is not there any more, or when it has expired (indexes.ts).
import type { Db } from 'mongodb';
import { type Cause, causeOf, fingerprintOf } from './cause.ts';

export interface DeadLetter {
  _id: string;
  subscription: string;
  message_id: string;
  event_id?: string;
  correlation_id?: string;
  fingerprint: string;
  error: Cause;
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

export const recordFailures = async (db: Db, subscription: string, failures: Failure[]): Promise<void> => {
  if (failures.length === 0) return;
  const now = new Date();
  const updates = failures.map((failure) => {
    const error = causeOf(failure.error);
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

/** Counts the replay of what went back to its queue. What has failed again meanwhile has another message id by then. */
export const markReplayed = async (db: Db, subscription: string, letters: LetterKey[]): Promise<void> => {
  const updates = letters
    .filter(({ eventId }) => eventId !== undefined)
    .map((letter) => ({
      updateOne: {
        filter: { _id: idOf(subscription, letter), message_id: letter.messageId },
        update: { $inc: { replays: 1 }, $set: { dead: false, replayed_at: new Date() } },
      },
    }));
  if (updates.length > 0) await deadLetterRecords(db).bulkWrite(updates, { ordered: false });
  // Without an event the next failure has another message id, and a record of its own.
  await forgetFailures(
    db,
    subscription,
    letters.filter(({ eventId }) => eventId === undefined),
  );
};

/** Tells the letters of one cause. */
export const lettersOfCause = async (
  db: Db,
  subscription: string,
  fingerprint: string,
): Promise<(letter: LetterKey) => boolean> => {
  const found = await deadLetterRecords(db)
    .find({ subscription, fingerprint }, { projection: { _id: 1 } })
    .toArray();
  const ids = new Set(found.map(({ _id }) => _id));
  return (letter) => ids.has(idOf(subscription, letter));
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

/**
 * Forgets dead letters of before then, if their queue holds none: they were purged. A message that has just used up its
 * deliveries may be on its way still, for as long as a retry takes: `before` leaves it the time.
 */
export const forgetGone = async (
  db: Db,
  subscription: string,
  countLetters: () => Promise<number>,
  before: Date,
): Promise<number> => {
  const old = { subscription, dead: true, last_at: { $lt: before } };
  if ((await deadLetterRecords(db).countDocuments(old, { limit: 1 })) === 0) return 0;
  if ((await countLetters()) > 0) return 0;
  const { deletedCount } = await deadLetterRecords(db).deleteMany(old);
  return deletedCount;
};
