// What the stores ask of the servers behind a database, as it goes over the wire. Source: lib/core/stores.
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { snapshotsCollection } from '../../lib/core/stores/event-sourced.ts';
import { count } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { context, keyed, setUpStore, stores } from '../support/stores.ts';

interface Sent {
  name: string;
  collection: unknown;
  isInTransaction: boolean;
  level: unknown;
  writeConcern: unknown;
}

const databases = useDatabases();
let client: MongoClient;
let sent: Sent[] = [];

beforeAll(async () => {
  await ensureIndexes(databases.write, machineWriteIndexes);
  // Weak by itself: whatever is stronger was asked for.
  client = new MongoClient(databases.writeUrl, {
    monitorCommands: true,
    readConcern: { level: 'available' },
    writeConcern: { w: 1 },
  });
  client.on('commandStarted', ({ commandName: name, command }) => {
    const { readConcern, writeConcern, autocommit } = command;
    const level: unknown = readConcern?.level;
    sent.push({
      name,
      collection: command[name],
      isInTransaction: autocommit === false,
      level,
      writeConcern,
    });
  });
});
afterAll(() => client.close());
beforeEach(() => {
  sent = [];
});

const durable = { w: 'majority', j: true, wtimeout: expect.any(Number) };

describe.each(stores)('a store: $name', ({ open }) => {
  const setUp = () => setUpStore(open(client.db()));

  test.each(['local', 'majority'] as const)(
    'what is loaded at the level %s is read at that level alone',
    async (level) => {
      const { store, handle, id } = setUp();
      await handle({ id, command: count(1, 1, 1, 1) }, context());
      sent = [];
      await store.load(id, level);
      expect(sent.length).toBeGreaterThan(0);
      expect(sent.map((one) => one.level)).toEqual(sent.map(() => level));
    },
  );

  test('a command reads what is newest, and a refused one what is certain', async () => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    const levels = () => new Set(sent.filter(({ name }) => name === 'find').map(({ level }) => level));
    sent = [];
    await handle({ id, command: count(1) }, context());
    expect(levels()).toEqual(new Set(['local']));
    await handle({ id, command: count() }, context());
    expect(levels()).toEqual(new Set(['local', 'majority']));
  });

  test.each([
    ['one event', count(1), () => context()],
    ['several events', count(1, 2), () => context()],
    ['a key', count(1), () => keyed(`durable-${Math.random()}`)],
    ['a key and no event', count(), () => keyed(`durable-${Math.random()}`)],
  ])('a command with %s is acknowledged when a majority has it on disk', async (_, command, asked) => {
    const { handle, id } = setUp();
    await handle({ id, command: count(1) }, context());
    sent = [];
    await handle({ id, command }, asked());
    const alone = sent.filter(
      ({ name, collection, isInTransaction }) =>
        ['insert', 'update', 'findAndModify', 'commitTransaction'].includes(name) &&
        (name === 'commitTransaction' || !isInTransaction) &&
        collection !== snapshotsCollection,
    );
    expect(alone).toHaveLength(1);
    expect(alone[0]?.writeConcern).toEqual(durable);
    const begun = sent.filter(({ isInTransaction, level }) => isInTransaction && level !== undefined);
    for (const { level } of begun) expect(level).toBe('snapshot');
    if (alone[0]?.name === 'commitTransaction') expect(begun).toHaveLength(1);
  });
});
