// The messages of a batch, each with its own outcome, from being read to having taken effect.
import type { SQSRecord } from 'aws-lambda';
import { applyEach, type Batch, type Outcome } from '../core/apply-each.ts';
import { AppError } from '../core/errors.ts';

/** What the stack must know of a message. */
export interface MessageFacts {
  /** The event's or the command's own id: the same in every delivery. */
  id: string;
  correlationId: string;
  /** From then on its lag counts. */
  since: Date;
  /** Further fields of its log line. */
  log: Record<string, string | number>;
}

/** What takes the messages of one queue: subscribers take events, queued commands are taken by their domain. */
export interface Consumer<M> {
  /** The queue's name, without prefix. */
  name: string;
  /** @throws AppError `malformed_message` if the body is no such message. */
  parse(body: unknown): M;
  describe(message: M): MessageFacts;
  apply: Batch<M>['apply'];
}

export interface Delivery<M> {
  record: SQSRecord;
  message?: { content: M; facts: MessageFacts };
  error?: unknown;
}

type Readable<M> = Delivery<M> & Required<Pick<Delivery<M>, 'message'>>;

export type Applied<M> = Pick<Outcome<M>, 'applied' | 'duplicates'>;

const fromJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AppError('malformed_message', `The body is no JSON: ${String(cause)}`, { cause });
  }
};

export const parseDelivery = <M>({ parse, describe }: Consumer<M>, record: SQSRecord): Delivery<M> => {
  try {
    const content = parse(fromJson(record.body));
    return { record, message: { content, facts: describe(content) } };
  } catch (error) {
    return { record, error };
  }
};

const isReadable = <M>(delivery: Delivery<M>): delivery is Readable<M> => delivery.message !== undefined;

const idOf = <M>({ message }: Readable<M>): string => message.facts.id;

/** Leaves each delivery's error on it; an outage is the error of all. */
const applyOnce = async <M>(
  { apply, describe }: Consumer<M>,
  deliveries: Readable<M>[],
  mayGoOn: () => boolean,
): Promise<Applied<M>> => {
  // What came twice in one batch is applied once.
  const contents = new Map(deliveries.map((one) => [idOf(one), one.message.content]));
  const messages = [...contents.values()];
  try {
    const { failures, ...done } = await applyEach({
      messages,
      idOf: (one) => describe(one).id,
      apply,
      mayGoOn,
    });
    for (const delivery of deliveries) delivery.error = failures.get(idOf(delivery));
    return { ...done, duplicates: done.duplicates + deliveries.length - messages.length };
  } catch (error) {
    for (const delivery of deliveries) delivery.error = error;
    return { applied: [], duplicates: 0 };
  }
};

/** `mayGoOn` ends the search for whose fault a failure of several is. */
export const applyAll = async <M>(
  consumer: Consumer<M>,
  deliveries: Delivery<M>[],
  mayGoOn: () => boolean,
): Promise<Applied<M>> => {
  const readable = deliveries.filter(isReadable);
  if (readable.length === 0) return { applied: [], duplicates: 0 };
  const bodies = new Map(readable.map((one) => [idOf(one), one.record.body]));
  // Another message under the id of one of these, a forged one, has its own turn.
  const isFirst = (one: Readable<M>): boolean => bodies.get(idOf(one)) === one.record.body;
  const done = await applyOnce(consumer, readable.filter(isFirst), mayGoOn);
  const others = await applyAll(
    consumer,
    readable.filter((one) => !isFirst(one)),
    mayGoOn,
  );
  return {
    applied: [...done.applied, ...others.applied],
    duplicates: done.duplicates + others.duplicates,
  };
};
