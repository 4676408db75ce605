import { expect, test } from 'vitest';
import { commandHandler } from '../../lib/core/commands/handle.ts';
import { type AggregateStore, duplicateCommand, type KeyedCommand } from '../../lib/core/stores/store.ts';
import { type Counter, type CounterEvent, count, counterDecider, setTotal } from '../support/counter.ts';
import { context, keyed } from '../support/stores.ts';

type Store = AggregateStore<Counter | undefined, CounterEvent>;

/** A store of one counter, whose nodes have it at these versions: the primary, and a majority of them look by look. */
const storeAt = (primary: number, majority: number[], earlier?: KeyedCommand, isTaken = false) => {
  const seen = { appends: 0, looks: 0 };
  const at = (version: number) => ({ state: version === 0 ? undefined : { total: version }, version });
  const store: Store = {
    streamType: 'Counter',
    async load(_, level) {
      if (level !== 'majority') return at(primary);
      seen.looks += 1;
      return at(majority[Math.min(seen.looks, majority.length) - 1] ?? 0);
    },
    async append() {
      seen.appends += 1;
      if (isTaken) throw duplicateCommand();
      return [];
    },
    findByKey: async () => earlier,
    findKeys: async () => new Set(),
    rememberUnchanged: async () => undefined,
  };
  return { seen, handle: commandHandler(store, counterDecider) };
};

const id = 'one';

test('a command that changes nothing is answered only when a majority has what it rests on', async () => {
  const { seen, handle } = storeAt(2, [1, 1, 2]);
  expect(await handle({ id, command: setTotal(2) }, context())).toMatchObject({ version: 2 });
  expect(seen).toEqual({ looks: 3, appends: 0 });
});

test('a command that changes nothing is not answered as done if a majority never gets what it rests on', async () => {
  const { handle } = storeAt(2, [1]);
  await expect(handle({ id, command: setTotal(2) }, context())).rejects.toMatchObject({
    code: 'unavailable',
    retryAfter: 2,
  });
});

test('a command that insists on another version is told so, whatever the rules say', async () => {
  const { handle } = storeAt(2, [2]);
  const refused = count(-5);
  await expect(handle({ id, command: refused }, context())).rejects.toMatchObject({ code: 'rule_violated' });
  await expect(handle({ id, command: refused }, context({ expectedVersions: [1] }))).rejects.toMatchObject({
    code: 'precondition_failed',
  });
});

test('a key that was used by what nobody can see yet is no conflict: the caller may try again', async () => {
  const { seen, handle } = storeAt(2, [2], undefined, true);
  await expect(handle({ id, command: count(1) }, keyed('key'))).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(seen.appends).toBeGreaterThan(1);
});

test('a retry that a rule refuses by now gets the answer of the first, and another request none', async () => {
  const earlier = { id, version: 1, command_id: 'first', request_hash: 'hash' };
  const { handle } = storeAt(2, [2], earlier);
  expect(await handle({ id, command: count(-5) }, keyed('key', 'hash'))).toEqual({
    id,
    version: 1,
    commandId: 'first',
    replayed: true,
  });
  await expect(handle({ id, command: count(-5) }, keyed('key', 'other'))).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
});
