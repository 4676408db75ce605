// Applies a batch so that each message has an outcome of its own. Guarantees: what is wrong with one message is that
// message's alone, whether it cannot be folded or written, and each failure has its own cause. It costs nothing while all
// goes well, and few further calls for each bad message. An outage is everybody's: it is thrown, and not tried again here.
import { isUnavailable } from './driver-errors.ts';

export interface Outcome<M> {
  applied: M[];
  /** In effect already. */
  duplicates: number;
  /** Why a message did not take effect, by its id. */
  failures: Map<string, unknown>;
}

export interface Batch<M> {
  messages: M[];
  idOf(message: M): string;
  /** May be called again with what it was given before. */
  apply(messages: M[]): Promise<Outcome<M>>;
  /** Ends the search for whose fault a shared failure is. */
  mayGoOn?(): boolean;
}

const applyTogether = async <M>({ messages, idOf, apply }: Batch<M>): Promise<Outcome<M>> => {
  try {
    return await apply(messages);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const reason = error ?? new Error('Failed without a reason');
    return { applied: [], duplicates: 0, failures: new Map(messages.map((one) => [idOf(one), reason])) };
  }
};

/** Messages that failed for one reason: which of them is to blame is not known. */
const sharing = <M>({ messages, idOf }: Batch<M>, { failures }: Outcome<M>): M[][] => {
  const failed = messages.filter((one) => failures.has(idOf(one)) && !isUnavailable(failures.get(idOf(one))));
  return [...Map.groupBy(failed, (one) => failures.get(idOf(one))).values()].filter(
    ({ length }) => length > 1,
  );
};

/** No two messages may have one id. @throws what `apply` throws when the database is away. */
export const applyEach = async <M>(batch: Batch<M>): Promise<Outcome<M>> => {
  const { idOf, mayGoOn = () => true } = batch;
  const result = await applyTogether(batch);
  for (const group of sharing(batch, result)) {
    const middle = Math.ceil(group.length / 2);
    for (const messages of [group.slice(0, middle), group.slice(middle)]) {
      if (!mayGoOn()) return result;
      const half = await applyEach({ ...batch, messages });
      result.applied.push(...half.applied);
      result.duplicates += half.duplicates;
      for (const one of messages) result.failures.delete(idOf(one));
      for (const [id, failure] of half.failures) result.failures.set(id, failure);
    }
  }
  return result;
};
