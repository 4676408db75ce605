// Source: lib/core/apply-each.ts.
import { expect, test } from 'vitest';
import { applyEach, type Outcome } from '../../lib/core/apply-each.ts';

const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });
const idOf = (n: number): string => `m-${n}`;

/** Applies numbers all together or not at all, as these fail; notes what it was given. */
const together = (failing: ReadonlyMap<number, unknown>) => {
  const calls: number[][] = [];
  return {
    calls,
    async apply(messages: number[]): Promise<Outcome<number>> {
      calls.push(messages);
      const bad = messages.find((one) => failing.has(one));
      if (bad !== undefined) throw failing.get(bad);
      return {
        applied: messages.filter((one) => one > 1),
        duplicates: messages.includes(1) ? 1 : 0,
        failures: new Map(),
      };
    },
  };
};
const messages = [1, 2, 3, 4, 5, 6, 7];

test('what is fine costs one call', async () => {
  const { calls, apply } = together(new Map());
  expect(await applyEach({ messages, idOf, apply })).toEqual({
    applied: [2, 3, 4, 5, 6, 7],
    duplicates: 1,
    failures: new Map(),
  });
  expect(calls).toEqual([messages]);
});

test('of messages that fail together those that are to blame fail, each with its own cause, and all others are applied', async () => {
  const [three, six] = [new Error('3 is bad'), new Error('6 is bad')];
  const { calls, apply } = together(
    new Map([
      [3, three],
      [6, six],
    ]),
  );
  const { applied, duplicates, failures } = await applyEach({ messages, idOf, apply });
  expect([applied.toSorted(), duplicates]).toEqual([[2, 4, 5, 7], 1]);
  expect(failures).toEqual(
    new Map([
      ['m-3', three],
      ['m-6', six],
    ]),
  );
  expect(calls.length).toBeLessThan(14);
});

test('messages whose failures are their own are not tried again, nor is one that failed alone', async () => {
  let calls = 0;
  const apply = async (): Promise<Outcome<number>> => {
    calls += 1;
    const failures = new Map([1, 2].map((one) => [idOf(one), new Error(`${one} is bad`)]));
    return { applied: [3], duplicates: 0, failures };
  };
  expect((await applyEach({ messages: [1, 2, 3], idOf, apply })).failures.size).toBe(2);
  expect(calls).toBe(1);
});

test('an outage is thrown, and not tried again for each message, also if it comes in the midst of a search', async () => {
  const all = together(new Map([[1, away]]));
  await expect(applyEach({ messages, idOf, apply: all.apply })).rejects.toBe(away);
  expect(all.calls).toHaveLength(1);
  const later = together(
    new Map<number, unknown>([
      [1, new Error('1 is bad')],
      [6, away],
    ]),
  );
  await expect(applyEach({ messages, idOf, apply: later.apply })).rejects.toBe(away);
});

test('messages that share an outage among their failures are not tried again', async () => {
  let calls = 0;
  const apply = async (): Promise<Outcome<number>> => {
    calls += 1;
    return { applied: [], duplicates: 0, failures: new Map(messages.map((one) => [idOf(one), away])) };
  };
  const { failures } = await applyEach({ messages, idOf, apply });
  expect([failures.size, failures.get('m-7'), calls]).toEqual([7, away, 1]);
});

test('a search that may not go on leaves the rest with the failure that they share', async () => {
  const three = new Error('3 is bad');
  const { calls, apply } = together(new Map([[3, three]]));
  const { applied, failures } = await applyEach({ messages, idOf, apply, mayGoOn: () => calls.length < 2 });
  expect(calls).toEqual([messages, [1, 2, 3, 4]]);
  expect(applied).toEqual([]);
  expect(failures).toEqual(new Map(messages.map((one) => [idOf(one), three])));
});

test('a failure without a reason is a failure', async () => {
  const { apply } = together(new Map([[1, undefined]]));
  const { applied, failures } = await applyEach({ messages: [1, 2], idOf, apply });
  expect([applied, [...failures.keys()]]).toEqual([[2], ['m-1']]);
  expect(failures.get('m-1')).toBeInstanceOf(Error);
});
