import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import { unpark } from '../../lib/core/relay/parked.ts';
import { publish } from '../../lib/core/relay/publish.ts';
import { appendPositions, closePositions, nextPosition } from '../../lib/core/stores/event-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { removeOldEvents } from '../../lib/core/stores/retention.ts';
import { catalogue } from '../../lib/domains.ts';
import { queuedRecordReads, recordCommands } from '../../lib/records/commands.ts';
import { useDatabases } from '../support/database.ts';
import { runSeed } from '../support/random.ts';

const databases = useDatabases();
const seed = runSeed('retention and keys');
const keys = ['one', 'two'];

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

const clear = async (): Promise<void> => {
  for (const name of ['events', 'positions', 'commands', 'command_keys', 'records', 'record_reads'])
    await databases.write.collection(name).deleteMany({});
  await databases.read.collection('checkpoints').deleteMany({});
};

const write = (key: string, value: string, idempotencyKey?: string) => {
  const context = {
    commandId: idempotencyKey ?? randomUUID(),
    correlationId: 'c',
    ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: `${key}=${value}` }),
  };
  return recordCommands(databases.write).send({ type: 'WriteRecord', data: { key, value } }, context);
};

const countRead = (key: string, command_id: string) =>
  queuedRecordReads(databases.write)([
    {
      type: 'RecordRead',
      data: { key, count: 1 },
      command_id,
      correlation_id: 'c',
      causation_id: 'c',
      sent_at: new Date(),
    },
  ]);

/** As the relay does: what is new gets its positions, and each event is published or parked. */
const relayAll = async (refuse: boolean): Promise<void> => {
  const rows = await eventRows(databases.write).find({ pending: true }).sort({ recorded_at: 1 }).toArray();
  if (rows.length === 0) return;
  const unseen = rows.filter(({ next_attempt_at }) => next_attempt_at === undefined);
  const first = await nextPosition(databases.write);
  const ids = unseen.map(({ _id }) => _id);
  if (ids.length > 0) await appendPositions(databases.write, first, ids);
  await publish(rows, {
    db: databases.write,
    publisher: {
      send: async (_, messages) => ({
        refused: new Map(refuse ? messages.map(({ id }) => [id, 'refused']) : []),
      }),
    },
    subscriptionsOf: () => ['any'],
    maxAttempts: 1,
  });
  await closePositions(databases.write, first);
};

const retain = () =>
  removeOldEvents({
    writeDb: databases.write,
    readDb: databases.read,
    streamTypes: catalogue.stateStoredTypes,
    commandLogs: catalogue.commandLogs,
    retentionMs: -60_000,
    upTo: Number.MAX_SAFE_INTEGER,
    timeLeftMs: () => 60_000,
  });

const commandsIn = ({ metadata }: EventRow): string[] =>
  [metadata, ...(metadata.merged_commands ?? [])].map(({ command_id }) => command_id);

/** A command is there exactly as long as an event of it is. */
const expectTogether = async (): Promise<void> => {
  const events = await eventRows(databases.write).find().toArray();
  const commands = await databases.write.collection<{ _id: string }>('commands').find().toArray();
  expect(new Set(commands.map(({ _id }) => _id))).toEqual(new Set(events.flatMap(commandsIn)));
};

const key = fc.constantFrom(...keys);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('write' as const),
      key,
      idempotent: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined }),
      value: fc.constantFrom('a', 'b'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('read' as const), key, id: fc.constantFrom('r1', 'r2', 'r3') }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('relay' as const), refuse: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ what: 'retain' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'unpark' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const counts = async (collection: string, field: string): Promise<number> => {
  const found = await databases.write.collection(collection).find().toArray();
  return found.reduce((sum, document) => sum + Number(document[field]), 0);
};

test('whatever retention has removed, a key is either known with its command or is new, and never in between', {
  timeout: 120_000,
}, async () => {
  const run = async (steps: Step[]): Promise<void> => {
    await clear();
    let [writes, reads] = [0, 0];
    for (const one of steps) {
      if (one.what === 'write') {
        const idempotency_keys = one.idempotent ?? 'none';
        const before = await eventRows(databases.write).findOne({ idempotency_keys });
        const started = performance.now();
        const answer = await write(one.key, one.value, one.idempotent).catch((error: unknown) => error);
        expect(performance.now() - started).toBeLessThan(5_000);
        if (before === null) {
          expect(answer).toMatchObject({ id: one.key, replayed: false });
          writes += 1;
        } else if (before.metadata.request_hash === `${one.key}=${one.value}`)
          expect(answer).toMatchObject({ id: one.key, version: before.version, replayed: true });
        else expect(answer).toMatchObject({ code: 'idempotency_key_reused' });
      } else if (one.what === 'read') {
        const known = await eventRows(databases.write).countDocuments({ idempotency_keys: one.id });
        const { applied, failures } = await countRead(one.key, one.id);
        expect([applied.length, failures.size]).toEqual([1 - known, 0]);
        reads += applied.length;
      } else if (one.what === 'relay') await relayAll(one.refuse);
      else if (one.what === 'unpark') await unpark(databases.write);
      else {
        const stays = { published_at: { $exists: false } };
        const owed = await eventRows(databases.write).countDocuments(stays);
        await retain();
        expect(await eventRows(databases.write).countDocuments(stays)).toBe(owed);
      }
      await expectTogether();
    }
    expect([await counts('records', 'write_count'), await counts('record_reads', 'read_count')]).toEqual([
      writes,
      reads,
    ]);
  };
  const steps = fc.array(step, { minLength: 4, maxLength: 16 });
  await fc.assert(fc.asyncProperty(steps, run), { seed, numRuns: 30 });
});

test('an old key on a write is a new one when its event has gone, also when only the command was left behind', async () => {
  await clear();
  await write('one', 'a', 'old');
  await relayAll(false);
  expect(await retain()).toBe(1);
  expect(await write('one', 'b', 'old')).toMatchObject({ version: 2, replayed: false });
  for (const name of ['events', 'command_keys']) await databases.write.collection(name).deleteMany({});
  expect(await write('one', 'c', 'old')).toMatchObject({ version: 3, replayed: false });
});

test('the places of what retention has removed go too, and what comes next has its own', async () => {
  await clear();
  for (const value of ['a', 'b', 'c']) {
    await write('one', value);
    await relayAll(false);
  }
  expect(await retain()).toBe(3);
  expect(await databases.write.collection('positions').countDocuments()).toBe(1);
  expect(await nextPosition(databases.write)).toBe(4);
});
