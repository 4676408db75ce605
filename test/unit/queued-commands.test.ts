// Source: lib/core/commands/queued-commands.ts; its effect on a database is in the domains' own tests.
import { expect, test } from 'vitest';
import {
  type QueuedCommand,
  queuedCommandsHandler,
  toQueuedCommand,
} from '../../lib/core/commands/queued-commands.ts';
import { ruleViolated } from '../../lib/core/errors.ts';
import { type AggregateStore, type Append, versionConflict } from '../../lib/core/stores/store.ts';
import {
  type Counter,
  type CounterCommand,
  type CounterEvent,
  count,
  counterDecider,
} from '../support/counter.ts';

type Appended = Append<Counter | undefined, CounterEvent>;
type Queued = QueuedCommand<CounterCommand>;

const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });

/** A store of one counter in memory; the first appends meet these. */
const storeThat = (...meets: Error[]) => {
  const keys = new Set<string>();
  const appends: Appended[] = [];
  const at = { state: { total: 10 }, version: 3 };
  const store: AggregateStore<Counter | undefined, CounterEvent> = {
    streamType: 'Counter',
    load: async () => at,
    async append(_, append) {
      const error = meets.shift();
      if (error !== undefined) throw error;
      appends.push(append);
      for (const id of append.commandIds ?? []) keys.add(id);
      return append.events as never[];
    },
    findByKey: async () => undefined,
    findKeys: async (asked) => new Set(asked.filter((id) => keys.has(id))),
    rememberUnchanged: async () => undefined,
  };
  const told: unknown[] = [];
  const handle = queuedCommandsHandler({
    store,
    decider: counterDecider,
    target: ({ type }) => type,
    // All that is counted, as one; what goes down is refused by the rule in any company.
    merge: (commands) => [count(...commands.flatMap((one) => (one.type === 'Count' ? one.data.steps : [])))],
    onAppended: async (events) => {
      await new Promise(setImmediate);
      told.push(events.length);
    },
  });
  return { handle, appends, told };
};

const queued = (id: string, ...steps: number[]): Queued =>
  toQueuedCommand(count(...steps), { correlationId: `c-${id}`, traceparent: `t-${id}` }, id);
const idsOf = (commands: Queued[]) => commands.map(({ command_id }) => command_id);

test('a command on a queue says where it came from and when; without an id it gets one of its own', () => {
  const before = Date.now();
  const sent = queued('a', 1);
  expect(sent).toEqual({
    ...count(1),
    command_id: 'a',
    causation_id: 'a',
    correlation_id: 'c-a',
    traceparent: 't-a',
    sent_at: expect.any(Date),
  });
  expect(sent.sent_at.getTime()).toBeGreaterThanOrEqual(before);
  const bare = toQueuedCommand(count(1), { correlationId: 'c' });
  expect(bare).not.toHaveProperty('traceparent');
  expect(bare.command_id).toMatch(/^[0-9a-f-]{36}$/);
});

test('a batch becomes one append, which names each command behind it, once', async () => {
  const { handle, appends, told } = storeThat();
  const [a, b] = [queued('a', 1), queued('b', 2, 3)];
  const { applied, duplicates, failures } = await handle([a, b, a]);
  expect([idsOf(applied), duplicates, failures.size]).toEqual([['a', 'b'], 1, 0]);
  const [append] = appends;
  expect(append).toMatchObject({ from: { version: 3 }, next: { total: 16 }, commandIds: ['a', 'b'] });
  expect(append?.events.map(({ data }) => data.by)).toEqual([1, 2, 3]);
  expect(idsOf((append?.commands ?? []) as Queued[])).toEqual(['a', 'b']);
  expect(append?.metadata).toEqual({
    command_id: 'a',
    causation_id: 'a',
    correlation_id: 'c-a',
    traceparent: 't-a',
    requested_at: a.sent_at,
    merged_commands: [{ command_id: 'b', correlation_id: 'c-b' }],
  });
  expect(told).toEqual([3]);
});

test('a command that comes again changes nothing, and one that stands alone names no other', async () => {
  const { handle, appends } = storeThat();
  await handle([queued('a', 1)]);
  expect(appends[0]?.metadata).not.toHaveProperty('merged_commands');
  expect(await handle([queued('a', 1)])).toEqual({ applied: [], duplicates: 1, failures: new Map() });
  const { applied, duplicates } = await handle([queued('a', 1), queued('b', 1)]);
  expect([idsOf(applied), duplicates, appends.length]).toEqual([['b'], 1, 2]);
});

test('a command that changes nothing is done, and writes nothing', async () => {
  const { handle, appends } = storeThat();
  expect(idsOf((await handle([queued('a')])).applied)).toEqual(['a']);
  expect(appends).toEqual([]);
});

test('one that a rule refuses fails alone, and those beside it take effect', async () => {
  const { handle } = storeThat();
  const { applied, failures } = await handle([queued('a', 1), queued('bad', -50), queued('b', 1)]);
  expect(idsOf(applied).toSorted()).toEqual(['a', 'b']);
  expect([...failures]).toEqual([['bad', ruleViolated('Below zero')]]);
});

test('a lost race is run again', async () => {
  const { handle, appends } = storeThat(versionConflict('Counter-1'), versionConflict('Counter-1'));
  expect(idsOf((await handle([queued('a', 1)])).applied)).toEqual(['a']);
  expect(appends).toHaveLength(1);
});

test('an outage at one aggregate fails all of that one, and leaves the others alone', async () => {
  const { handle } = storeThat(away);
  const other: Queued = toQueuedCommand(
    { type: 'SetTotal', data: { total: 1 } },
    { correlationId: 'c' },
    'other',
  );
  const { applied, duplicates, failures } = await handle([queued('a', 1), queued('b', 1), other]);
  expect([idsOf(applied), duplicates]).toEqual([['other'], 0]);
  expect([...failures]).toEqual([
    ['a', away],
    ['b', away],
  ]);
});
