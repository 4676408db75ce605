// Sends a batch of events to the queues of their subscriptions and keeps the outcome on the rows.
// Guarantees: at least once. An event stays pending until each of its queues has accepted it, or until a queue has
// refused it `maxAttempts` times: then it is parked with the reason. A queue that cannot be reached refuses nothing.
import type { Db, Document, Filter } from 'mongodb';
import { type EventRow, fromRow, type RecordedEvent } from '../events.ts';
import { eventRows } from '../stores/event-rows.ts';
import { toMessageText } from './message-text.ts';

export interface OutgoingMessage {
  id: string;
  body: string;
}

/** What became of a send: the reasons of the refused ones by message id, and why the queue could not be reached. */
export interface SendOutcome {
  refused: Map<string, string>;
  unreachable?: { ids: Set<string>; reason: string };
}

export interface Publisher {
  send(subscription: string, messages: OutgoingMessage[]): Promise<SendOutcome>;
}

export interface PublishOptions {
  db: Db;
  publisher: Publisher;
  /** The subscriptions that an event's type goes to. */
  subscriptionsOf(type: string, streamType: string): readonly string[];
  maxAttempts: number;
}

/** An event that a queue refused: by which one and why, and whether it is given up. */
export interface Refusal {
  event: RecordedEvent;
  reason: string;
  parked: boolean;
}

export interface PublishResult {
  published: number;
  refused: number;
  parked: number;
  refusals: Refusal[];
  /** Why events wait for a queue that cannot be reached. */
  unreachable?: string;
}

const maxDelayMs = 60_000;

const delayMs = (attempts: number): number => Math.min(maxDelayMs, 500 * 2 ** attempts);

interface Trouble {
  row: EventRow;
  accepted: string[];
  refusal?: string;
  unreachable?: string;
}

interface RowUpdate {
  updateOne: { filter: Filter<EventRow>; update: Document[] };
}

/** An event as it travels on a queue. */
export const toMessage = (event: RecordedEvent): OutgoingMessage => ({
  id: event.event_id,
  body: toMessageText(event),
});

const sendAll = async (
  rows: EventRow[],
  { publisher, subscriptionsOf }: PublishOptions,
): Promise<Map<string, SendOutcome>> => {
  const outgoing = new Map<string, OutgoingMessage[]>();
  for (const row of rows) {
    const message = toMessage(fromRow(row));
    for (const subscription of subscriptionsOf(row.type, row.stream_type)) {
      if (row.published_to?.includes(subscription)) continue;
      const messages = outgoing.get(subscription) ?? [];
      outgoing.set(subscription, messages);
      messages.push(message);
    }
  }
  const sends = [...outgoing].map(
    async ([subscription, messages]) => [subscription, await publisher.send(subscription, messages)] as const,
  );
  return new Map(await Promise.all(sends));
};

/** What a row met with in any of its queues, or undefined if all took it. */
const troubleOf = (
  row: EventRow,
  subscriptions: readonly string[],
  outcomes: Map<string, SendOutcome>,
): Trouble | undefined => {
  const trouble: Trouble = { row, accepted: [] };
  for (const subscription of subscriptions) {
    const outcome = outcomes.get(subscription);
    const refusal = outcome?.refused.get(row._id);
    if (refusal !== undefined) trouble.refusal = `${subscription}: ${refusal}`;
    else if (outcome?.unreachable?.ids.has(row._id))
      trouble.unreachable = `${subscription}: ${outcome.unreachable.reason}`;
    else trouble.accepted.push(subscription);
  }
  return trouble.refusal === undefined && trouble.unreachable === undefined ? undefined : trouble;
};

const attemptsOf = ({ row, refusal }: Trouble): number =>
  (row.attempts ?? 0) + (refusal === undefined ? 0 : 1);

const parks = (trouble: Trouble, maxAttempts: number): boolean =>
  attemptsOf(trouble) >= maxAttempts && trouble.unreachable === undefined;

/** By the database's clock: a relay whose own is wrong neither forgets an event nor hurries it. */
const troubleUpdate = (trouble: Trouble, maxAttempts: number): RowUpdate => {
  const { row, accepted, refusal, unreachable } = trouble;
  const attempts = attemptsOf(trouble);
  const kept = {
    attempts,
    error: { $literal: refusal ?? unreachable ?? '' },
    published_to: { $setUnion: [{ $ifNull: ['$published_to', []] }, { $literal: accepted }] },
  };
  const update = parks(trouble, maxAttempts)
    ? [{ $set: { ...kept, parked_at: '$$NOW' } }, { $unset: 'pending' }]
    : [{ $set: { ...kept, next_attempt_at: { $add: ['$$NOW', delayMs(attempts)] } } }];
  return { updateOne: { filter: { _id: row._id, pending: true }, update } };
};

/** `stamped` resolves when the events have their positions: nothing is marked before. */
export const publish = async (
  rows: EventRow[],
  options: PublishOptions,
  stamped?: Promise<void>,
): Promise<PublishResult> => {
  const events = eventRows(options.db);
  const [outcomes] = await Promise.all([sendAll(rows, options), stamped]);
  const troubles = rows.flatMap(
    (row) => troubleOf(row, options.subscriptionsOf(row.type, row.stream_type), outcomes) ?? [],
  );
  const troubled = new Set(troubles.map(({ row }) => row._id));
  const done = rows.map((row) => row._id).filter((id) => !troubled.has(id));
  if (done.length > 0) {
    await events.updateMany(
      { _id: { $in: done }, pending: true },
      {
        $currentDate: { published_at: true },
        $unset: { pending: true, next_attempt_at: true, published_to: true },
      },
    );
  }
  const updates = troubles.map((trouble) => troubleUpdate(trouble, options.maxAttempts));
  if (updates.length > 0) await events.bulkWrite(updates, { ordered: false });
  const unreachable = troubles.find((trouble) => trouble.unreachable !== undefined)?.unreachable;
  const refusals = troubles.flatMap((trouble): Refusal[] => {
    if (trouble.refusal === undefined) return [];
    const parked = parks(trouble, options.maxAttempts);
    return [{ event: fromRow(trouble.row), reason: trouble.refusal, parked }];
  });
  return {
    published: done.length,
    refused: refusals.length,
    parked: troubles.filter((trouble) => parks(trouble, options.maxAttempts)).length,
    refusals,
    ...(unreachable === undefined ? {} : { unreachable }),
  };
};
