// Source: lib/core/dead-letters/redrive.ts.
import { expect, test } from 'vitest';
import {
  type DeadLetterQueue,
  discard,
  type QueuedLetter,
  redrive,
} from '../../lib/core/dead-letters/redrive.ts';

const letter = (id: string): QueuedLetter => ({
  ...{ messageId: `m-${id}`, eventId: id, receiptHandle: `r-${id}`, body: '{}', again: false },
});
const idsOf = (letters: QueuedLetter[]): (string | undefined)[] => letters.map(({ eventId }) => eventId);

/** A dead-letter queue of these letters; what it is asked to send back, it sends as far as `takes` says. */
const queueOf = (ids: string[], takes: (id: string) => boolean = () => true) => {
  const hidden = ids.map(letter);
  const left = new Set(ids);
  const released: (string | undefined)[] = [];
  const queue: DeadLetterQueue = {
    receive: async () => hidden.splice(0, 2),
    sendBack: async (letters) => letters.filter(({ eventId }) => takes(eventId ?? '')),
    async remove(letters) {
      for (const { eventId } of letters) left.delete(eventId ?? '');
    },
    async release(letters) {
      released.push(...idsOf(letters));
    },
    count: async () => left.size,
  };
  return { queue, left, released };
};
const timeLeftMs = () => 60_000;

test('only what its queue has accepted is taken for put back, leaves the dead letters, and is counted', async () => {
  const { queue, left, released } = queueOf(['a', 'b', 'c'], (id) => id !== 'b');
  const told: (string | undefined)[] = [];
  const onRedriven = async (letters: QueuedLetter[]) => void told.push(...idsOf(letters));
  const answer = await redrive(queue, { timeLeftMs, onRedriven });
  expect(answer).toEqual({ redriven: 2, left: 1, done: true, event_ids: ['a', 'c'] });
  expect(told).toEqual(['a', 'c']);
  expect([[...left], released]).toEqual([['b'], ['b']]);
});

test('what is not meant stays, and so does all when the time is up', async () => {
  const chosen = queueOf(['a', 'b', 'c']);
  const wanted = ({ eventId }: QueuedLetter) => eventId === 'c';
  const answer = await redrive(chosen.queue, { timeLeftMs, wanted, onRedriven: async () => undefined });
  expect(answer).toMatchObject({ redriven: 1, left: 2, event_ids: ['c'] });
  const late = queueOf(['a']);
  expect(await redrive(late.queue, { timeLeftMs: () => 2_000, onRedriven: async () => undefined })).toEqual({
    redriven: 0,
    left: 0,
    done: false,
    event_ids: [],
  });
  expect([...late.left]).toEqual(['a']);
});

test('what is discarded is on record before it goes', async () => {
  const { queue, left } = queueOf(['a', 'b', 'c']);
  const recorded: unknown[] = [];
  const record = async (letters: QueuedLetter[]) => void recorded.push([idsOf(letters), left.size]);
  expect(await discard(queue, { timeLeftMs, record })).toEqual({ discarded: 3, left: 0, done: true });
  expect(recorded).toEqual([
    [['a', 'b'], 3],
    [['c'], 1],
  ]);
});

const turns: Record<string, number> = { counted: 9, recorded: 9, removed: 5 };

/** Each call takes its time, the earlier ones more of it, and is noted when it is over. */
const slowly = (queue: DeadLetterQueue) => {
  const done: string[] = [];
  const later =
    <A, T>(name: string, call: (given: A) => Promise<T>) =>
    async (given: A): Promise<T> => {
      for (let turn = 0; turn < (turns[name] ?? 1); turn += 1) await new Promise(setImmediate);
      const answer = await call(given);
      done.push(name);
      return answer;
    };
  const slow: DeadLetterQueue = {
    ...queue,
    sendBack: later('sent', queue.sendBack),
    remove: later('removed', queue.remove),
    release: later('released', queue.release),
  };
  return { slow, done, later };
};

test('a letter goes when it has been sent and counted, and the call ends when it is gone', async () => {
  const { slow, done, later } = slowly(queueOf(['a']).queue);
  await redrive(slow, { timeLeftMs, onRedriven: later('counted', async () => undefined) });
  const once = ['sent', 'counted', 'removed'];
  expect(done.slice(0, 3)).toEqual(once);
  expect(done.at(-1)).toBe('released');
  const kept = slowly(queueOf(['a']).queue);
  await discard(kept.slow, { timeLeftMs, record: kept.later('recorded', async () => undefined) });
  expect(kept.done.slice(0, 2)).toEqual(['recorded', 'removed']);
  expect(kept.done.at(-1)).toBe('released');
});

test('letters come one at a time too, and nothing is recorded of none', async () => {
  const { queue } = queueOf(['a', 'b', 'c']);
  const one = ['a', 'b', 'c'].map(letter);
  const recorded: unknown[] = [];
  const record = async (letters: QueuedLetter[]) => void recorded.push(idsOf(letters));
  const wanted = ({ eventId }: QueuedLetter) => eventId !== 'b';
  const receive = async () => one.splice(0, 1);
  expect(await discard({ ...queue, receive }, { timeLeftMs, wanted, record })).toEqual({
    ...{ discarded: 2, left: 1, done: true },
  });
  expect(recorded).toEqual([['a'], ['c']]);
});

test('a letter that stays and is seen again ends the call, and one that failed again is left alone', async () => {
  const { queue } = queueOf(['a', 'b']);
  const sent: unknown[] = [];
  const receive = async () => [letter('a'), { ...letter('b'), again: true }];
  const sendBack = async (letters: QueuedLetter[]) => {
    sent.push(idsOf(letters));
    return [];
  };
  const answer = await redrive(
    { ...queue, receive, sendBack },
    { timeLeftMs, onRedriven: async () => undefined },
  );
  expect([answer, sent]).toEqual([{ redriven: 0, left: 2, done: false, event_ids: [] }, [['a']]]);
});
