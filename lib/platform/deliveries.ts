// A batch of messages, each with an outcome of its own. Guarantees: what is wrong with one message is that message's
// alone, whether it cannot be read, folded or written, and each failure keeps its own cause. It costs nothing while all
// goes well, and few further calls for each bad message. An outage is everybody's, and is not tried again here.
import type { SQSRecord } from 'aws-lambda';
import { isUnavailable } from '../core/driver-errors.ts';
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

export interface Outcome<M> {
  applied: M[];
  duplicates: number;
  /** By the message's id; the others of the batch took effect all the same. */
  failures: ReadonlyMap<string, unknown>;
}

/** What takes the messages of one queue: subscribers take events, queued commands are taken by their domain. */
export interface Consumer<M> {
  /** The queue's name, without prefix. */
  name: string;
  /** @throws AppError `malformed_message` where the body is no such message. */
  parse(body: unknown): M;
  describe(message: M): MessageFacts;
  /** May be called again with what it was given before. */
  apply(messages: M[]): Promise<Outcome<M>>;
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

const idOf = <M>({ message }: Readable<M>): string => message.facts.id;

const isReadable = <M>(delivery: Delivery<M>): delivery is Readable<M> => delivery.message !== undefined;

const sum = <M>(parts: Applied<M>[]): Applied<M> => ({
  applied: parts.flatMap(({ applied }) => applied),
  duplicates: parts.reduce((total, { duplicates }) => total + duplicates, 0),
});

/** Failures that stand for several messages: which of them is to blame is not known. */
const sharedFailures = <M>(deliveries: Readable<M>[]): Readable<M>[][] => {
  const failed = deliveries.filter(({ error }) => error !== undefined && !isUnavailable(error));
  return [...Map.groupBy(failed, ({ error }) => error).values()].filter(
    (group) => new Set(group.map(idOf)).size > 1,
  );
};

/** Cut by id, so that what came twice stays together. */
const halvesOf = <M>(group: Readable<M>[]): Readable<M>[][] => {
  const ids = [...new Set(group.map(idOf))];
  const first = new Set(ids.slice(0, Math.ceil(ids.length / 2)));
  return [group.filter((one) => first.has(idOf(one))), group.filter((one) => !first.has(idOf(one)))];
};

const applyTogether = async <M>(
  consumer: Consumer<M>,
  deliveries: Readable<M>[],
  mayGoOn: () => boolean,
): Promise<Applied<M>> => {
  const contents = new Map(deliveries.map((one) => [idOf(one), one.message.content]));
  const parts: Applied<M>[] = [];
  try {
    const { failures, ...applied } = await consumer.apply([...contents.values()]);
    for (const delivery of deliveries) delivery.error = failures.get(idOf(delivery));
    parts.push({ ...applied, duplicates: applied.duplicates + deliveries.length - contents.size });
  } catch (error) {
    for (const delivery of deliveries) delivery.error = error ?? new Error('unknown');
  }
  for (const group of sharedFailures(deliveries))
    for (const half of halvesOf(group))
      if (mayGoOn()) parts.push(await applyTogether(consumer, half, mayGoOn));
  return sum(parts);
};

/** Leaves each delivery's error on it. `mayGoOn` ends the search for whose fault a shared failure is. */
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
  const done = await applyTogether(consumer, readable.filter(isFirst), mayGoOn);
  const others = readable.filter((one) => !isFirst(one));
  return sum([done, await applyAll(consumer, others, mayGoOn)]);
};
