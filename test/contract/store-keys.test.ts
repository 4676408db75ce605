import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { commandKeysCollection } from '../../lib/core/stores/command-keys.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { count } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import {
  codesOf,
  context,
  dense,
  keyed,
  resultsOf,
  setUpStore,
  stores,
  streamType,
} from '../support/stores.ts';

const databases = useDatabases();
beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));

const rowsOf = (id: string) =>
  eventRows(databases.write)
    .find({ stream_id: `${streamType}-${id}` })
    .sort({ version: 1 })
    .toArray();
const versionsOf = async (id: string) => (await rowsOf(id)).map(({ version }) => version);

describe.each(stores)('a store: $name', ({ open }) => {
  const setUp = (deadlineMs?: number) => setUpStore(open(databases.write), deadlineMs);

  test('a command with a key takes effect once, also when its retries race', async () => {
    const { store, handle } = setUp();
    for (const _ of dense(20)) {
      const [id, key] = [randomUUID(), randomUUID()];
      const settled = await Promise.allSettled(
        dense(4).map(() => handle({ id, command: count(1, 1) }, keyed(key))),
      );
      expect(codesOf(settled)).toEqual([]);
      expect(new Set(resultsOf(settled).map(({ version }) => version))).toEqual(new Set([2]));
      expect(resultsOf(settled).filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await store.load(id)).toMatchObject({ state: { total: 2 }, version: 2 });
    }
  });

  test('racing retries of a create make one thing, and all answer with its id', async () => {
    const { handle } = setUp();
    for (const _ of dense(20)) {
      const key = randomUUID();
      const settled = await Promise.allSettled(
        dense(4).map(() => handle({ id: randomUUID(), command: count(1), isNew: true }, keyed(key))),
      );
      expect(codesOf(settled)).toEqual([]);
      expect(new Set(resultsOf(settled).map(({ id }) => id)).size).toBe(1);
      expect(await eventRows(databases.write).countDocuments({ idempotency_keys: key })).toBe(1);
    }
  });

  test('a retry weeks later answers as at first, whatever happened since', async () => {
    const { handle, id } = setUp();
    const first = await handle({ id, command: count(3) }, keyed(`late-${id}`));
    await handle({ id, command: count(4, 5) }, context());
    const again = await handle({ id, command: count(3) }, keyed(`late-${id}`));
    expect(again).toEqual({ ...first, replayed: true });
    // Its row expires before the events do.
    const kept = databases.write.collection<{ _id: string }>(commandKeysCollection);
    expect(await kept.deleteOne({ _id: `late-${id}` })).toMatchObject({ deletedCount: 1 });
    expect(await handle({ id, command: count(3) }, keyed(`late-${id}`))).toEqual({
      ...first,
      replayed: true,
    });
    expect(await versionsOf(id)).toEqual(dense(3));
  });

  test('a key with another request is refused, and changes nothing', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(3) }, keyed(`reused-${id}`, 'one'));
    await expect(handle({ id, command: count(4) }, keyed(`reused-${id}`, 'two'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(await versionsOf(id)).toEqual(dense(1));
  });

  test('a key that was used by one request, then by another, still answers the first', async () => {
    const { handle, id } = setUp();
    const first = await handle({ id, command: count(3) }, keyed(`aba-${id}`, 'one'));
    const other = handle({ id: randomUUID(), command: count(4) }, keyed(`aba-${id}`, 'two'));
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await handle({ id, command: count(3) }, keyed(`aba-${id}`, 'one'))).toEqual({
      ...first,
      replayed: true,
    });
    expect(await versionsOf(id)).toEqual(dense(1));
  });

  test('of two racing requests with one key and different bodies one is refused', async () => {
    const { handle } = setUp();
    for (const _ of dense(20)) {
      const [id, key] = [randomUUID(), randomUUID()];
      const settled = await Promise.allSettled([
        handle({ id, command: count(1) }, keyed(key, 'one')),
        handle({ id, command: count(2) }, keyed(key, 'two')),
      ]);
      expect(codesOf(settled)).toEqual(['idempotency_key_reused']);
      expect(await versionsOf(id)).toEqual(dense(1));
    }
  });

  test('a command that changes nothing keeps the version, and its key is remembered', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    const first = await handle({ id, command: count() }, keyed(`unchanged-${id}`));
    expect(first).toMatchObject({ version: 1, replayed: false });
    await handle({ id, command: count(1) }, context());
    const again = await handle({ id, command: count() }, keyed(`unchanged-${id}`));
    expect(again).toEqual({ ...first, replayed: true });
    await expect(handle({ id, command: count(9) }, keyed(`unchanged-${id}`, 'other'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const remembered = databases.write.collection(commandKeysCollection);
    expect(await remembered.countDocuments({ id })).toBe(1);
  });

  test('a refused command leaves nothing, and its key is free', async () => {
    const { handle, id } = setUp();
    await expect(handle({ id, command: count(-1) }, keyed(`free-${id}`))).rejects.toMatchObject({
      code: 'rule_violated',
    });
    expect(await handle({ id, command: count(1) }, keyed(`free-${id}`, 'other'))).toMatchObject({
      version: 1,
    });
  });

  test('a retry that comes while the first is under way is never refused for what the first one did', async () => {
    const { store, handle } = setUp();
    for (const _ of dense(20)) {
      const [id, key] = [randomUUID(), randomUUID()];
      await handle({ id, command: count(1) }, context());
      const at = () => handle({ id, command: count(1) }, { ...keyed(key), expectedVersions: [1] });
      const settled = await Promise.allSettled(dense(5).map(at));
      expect(codesOf(settled)).toEqual([]);
      expect(new Set(resultsOf(settled).map(({ version }) => version))).toEqual(new Set([2]));
      expect(await store.load(id)).toMatchObject({ state: { total: 2 }, version: 2 });
    }
  });
});
