import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type CommandContext, commandHandler } from '../../lib/core/commands/handle.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { type CounterCommand, count, counterDecider, setTotal } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { openCounters } from '../support/stores.ts';

const databases = useDatabases();
beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

const store = () => openCounters(databases.write);
type Store = ReturnType<typeof store>;

const context = (idempotencyKey?: string, requestHash = 'one'): CommandContext => ({
  commandId: randomUUID(),
  correlationId: 'c',
  ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash }),
});
const send = (on: Store, id: string, command: CounterCommand, by: CommandContext) =>
  commandHandler(on, counterDecider)({ id, command }, by);
const set = (on: Store, id: string, total: number, by: CommandContext) => send(on, id, setTotal(total), by);
/** A counter at one. */
const begin = async (): Promise<string> => (await send(store(), randomUUID(), count(1), context())).id;

const createGate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
};

/** Stops before it keeps the key of a command that changes nothing. */
const gated = () => {
  const [reached, go] = [createGate(), createGate()];
  const inner = store();
  const stopping: Store = {
    ...inner,
    // As in another process: it takes no turn with the others.
    streamType: 'Elsewhere',
    async rememberUnchanged(key, command) {
      reached.open();
      await go.opened;
      return inner.rememberUnchanged(key, command);
    },
  };
  return { stopping, reached: reached.opened, go: go.open };
};

const totalOf = async (id: string) => (await store().load(id)).state?.total;

test('of two different requests under one key, one of which changes nothing, the second to be kept is refused', async () => {
  const [idle, changed] = [await begin(), await begin()];
  const key = randomUUID();
  const { stopping, reached, go } = gated();
  const unchanging = set(stopping, idle, 1, context(key, 'one'));
  await reached;
  const changing = await set(store(), changed, 2, context(key, 'two'));
  go();
  expect(changing).toMatchObject({ version: 2, replayed: false });
  await expect(unchanging).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

test('a keyed command that changes nothing gives the answer of its twin, if a third writer made that one change something', async () => {
  const id = await begin();
  const key = randomUUID();
  const { stopping, reached, go } = gated();
  const first = set(stopping, id, 1, context(key));
  await reached;
  await set(store(), id, 2, context());
  const twin = await set(store(), id, 1, context(key));
  expect(twin).toMatchObject({ version: 3, replayed: false });
  go();
  expect(await first).toEqual({ ...twin, replayed: true });
  expect(await totalOf(id)).toBe(1);
});

test('once it is known to have changed nothing, its twin changes nothing either, whatever a third writer did', async () => {
  const id = await begin();
  const key = randomUUID();
  const first = await set(store(), id, 1, context(key));
  expect(first).toMatchObject({ version: 1, replayed: false });
  await set(store(), id, 2, context());
  expect(await set(store(), id, 1, context(key))).toEqual({ ...first, replayed: true });
  expect(await totalOf(id)).toBe(2);
});

test('a key and its effect come together: many rounds of two different requests at once, one of them is always refused', async () => {
  const winners = new Set<number>();
  for (let round = 0; round < 40; round += 1) {
    const [idle, changed] = [await begin(), await begin()];
    const key = randomUUID();
    // As the route of a queued command keeps its key.
    const queued = async () => {
      const on = store();
      const kept = { id: '', version: 0, command_id: 'queued', request_hash: 'queued' };
      const earlier = (await on.findByKey(key)) ?? (await on.rememberUnchanged(key, kept));
      if (earlier !== undefined && earlier.request_hash !== 'queued') throw new Error('reused');
    };
    const settled = await Promise.allSettled([
      set(store(), changed, 2, context(key, 'two')),
      round % 2 === 0 ? queued() : set(store(), idle, 1, context(key, 'one')),
    ]);
    const kept = settled.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(kept).toHaveLength(1);
    for (const index of kept) winners.add(index);
    const events = await eventRows(databases.write).countDocuments({ idempotency_keys: key });
    expect(events).toBe(kept[0] === 0 ? 1 : 0);
  }
  console.info(`a key kept by: ${[...winners]}`);
});
