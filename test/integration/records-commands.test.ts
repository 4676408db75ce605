import { MongoClient } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { QueuedCommand } from '../../lib/core/commands/queued-commands.ts';
import { ensureIndexes, machineWriteIndexes } from '../../lib/core/indexes.ts';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import type { CommandRow } from '../../lib/core/stores/command-log.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { queuedRecordReads, recordCommands } from '../../lib/records/commands.ts';
import { records } from '../../lib/records/domain.ts';
import { recordDocuments, recordReadDocuments, recordsProjector } from '../../lib/records/projections.ts';
import { findRecord } from '../../lib/records/queries.ts';
import type { RecordReadCommand } from '../../lib/records/record.ts';
import { countRecords } from '../../lib/records/stats.ts';
import { context, eventsOf } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { openModels, openSubscriber } from '../support/open.ts';

const databases = useDatabases();
const commands = () => databases.write.collection<CommandRow>('commands');
const bus = (deadlineMs = 30_000) => recordCommands(databases.write, { deadlineMs });
const write = (key: string, value: string, fields = {}) =>
  bus().send({ type: 'WriteRecord', data: { key, value } }, context(fields));

const readOf = (key: string, command_id: string = crypto.randomUUID()): QueuedCommand<RecordReadCommand> => ({
  type: 'RecordRead',
  data: { key, count: 1 },
  command_id,
  correlation_id: 'test',
  causation_id: command_id,
  sent_at: new Date(),
});

const project = async () => {
  const events = [
    ...(await eventsOf(databases.write, 'Record')),
    ...(await eventsOf(databases.write, 'RecordReads')),
  ];
  const { failures } = await openSubscriber(recordsProjector, databases.write, databases.read).apply(
    events.toReversed(),
  );
  expect(failures.size).toBe(0);
};

beforeAll(() => ensureIndexes(databases.write, machineWriteIndexes));

describe('a hot key', () => {
  test('loses nothing of 200 concurrent writers, and ends with the value of the highest version', async () => {
    const writers = Array.from({ length: 200 }, (_, index) => write('hot', `value ${index}`));
    const answers = await Promise.all(writers);
    const versions = answers.map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    await project();
    const last = versions.indexOf(200);
    expect(await findRecord(databases.read, { key: 'hot' })).toMatchObject({
      value: `value ${last}`,
      write_count: 200,
      version: 200,
    });
  });

  test('counts each read once, also when the queue delivers it again, in other batches and at the same time', async () => {
    const reads = Array.from({ length: 60 }, () => readOf('hot'));
    const handle = queuedRecordReads(databases.write);
    const batches = [reads.slice(0, 30), reads.slice(20, 50), reads.slice(40), reads.slice(5, 15)];
    const results = await Promise.all(batches.map(handle));
    expect(results.flatMap(({ failures }) => [...failures])).toEqual([]);
    expect(results.reduce((sum, { applied }) => sum + applied.length, 0)).toBe(60);
    await project();
    expect((await findRecord(databases.read, { key: 'hot' }))?.read_count).toBe(60);
  });

  test('keeps its version when it is read', async () => {
    const before = await findRecord(databases.read, { key: 'hot' });
    await queuedRecordReads(databases.write)([readOf('hot')]);
    await project();
    const after = await findRecord(databases.read, { key: 'hot' });
    expect(after).toEqual({ ...before, read_count: 61 });
    expect((await write('hot', 'mine', { expectedVersions: [200] })).version).toBe(201);
  });
});

describe('the commands', () => {
  test('are kept exactly when they took effect, wherever their process dies', async () => {
    let tried = 0;
    await crashEverywhere(async (points, what) => {
      tried += 1;
      const key = `dying-${tried}`;
      const client = await MongoClient.connect(databases.writeUrl);
      const dying = recordCommands(points.db(client.db()));
      const send = () => dying.send({ type: 'WriteRecord', data: { key, value: 'a' } }, context());
      await untilCrash(points, send);
      // The server gives up what the dead had begun.
      await client.close();
      const stream_id = `Record-${key}`;
      const caused = await eventRows(databases.write).countDocuments({ stream_id });
      expect(await commands().countDocuments({ stream_id }), what).toBe(caused);
    });
    expect(tried).toBeGreaterThan(4);
  });

  test('are kept as they arrived, one row each, with what they caused', async () => {
    const { commandId } = await write('kept', 'a', { correlationId: 'call-1' });
    await queuedRecordReads(databases.write)([readOf('kept', 'read-1'), readOf('kept', 'read-2')]);
    const rows = await commands().find({ 'data.key': 'kept' }).sort({ arrived_at: 1 }).toArray();
    expect(rows.map(({ _id }) => _id).toSorted()).toEqual([commandId, 'read-1', 'read-2'].toSorted());
    expect(rows[0]).toEqual({
      _id: commandId,
      type: 'WriteRecord',
      data: { key: 'kept', value: 'a' },
      stream_id: 'Record-kept',
      correlation_id: 'call-1',
      causation_id: commandId,
      arrived_at: expect.any(Date),
    });
  });

  test('that were refused, or are a retry, leave no further row', async () => {
    const before = await commands().countDocuments();
    await expect(write('kept', 'b', { expectedVersions: [7] })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    const retry = { idempotencyKey: 'key-1', requestHash: 'h' };
    const answers = await Promise.all([
      write('kept', 'c', retry),
      write('kept', 'c', retry),
      write('kept', 'c', retry),
    ]);
    expect(new Set(answers.map(({ version }) => version)).size).toBe(1);
    expect(await commands().countDocuments()).toBe(before + 1);
  });

  test('are as many as the writes and reads that are counted', async () => {
    const [records, reads] = await Promise.all([
      databases.write.collection('records').find().toArray(),
      databases.write.collection('record_reads').find().toArray(),
    ]);
    const sum = (rows: { [field: string]: unknown }[], field: string) =>
      rows.reduce((total, row) => total + Number(row[field]), 0);
    expect(await commands().countDocuments({ type: 'WriteRecord' })).toBe(sum(records, 'write_count'));
    expect(await commands().countDocuments({ type: 'RecordRead' })).toBe(sum(reads, 'read_count'));
    expect(records.some(({ ['write_count']: writes }) => writes === 1)).toBe(true);
    expect(await countRecords(databases.write)).toEqual({
      commands: await commands().countDocuments(),
      records: records.length,
      reads: sum(reads, 'read_count'),
      writes: sum(records, 'write_count'),
    });
  });
});

describe('a rebuild', () => {
  test('gives the same values and counts as live projection', async () => {
    for (const key of ['$gt', 'a.b', '__proto__', 'x/y', ' a b ', '😀', 'constructor'])
      await write(key, `of ${key}`);
    await project();
    const all = () =>
      Promise.all([
        recordDocuments(databases.read).find().sort({ _id: 1 }).toArray(),
        recordReadDocuments(databases.read).find().sort({ _id: 1 }).toArray(),
      ]);
    const live = await all();
    expect(live[0].map(({ _id }) => _id)).toEqual(expect.arrayContaining(['$gt', '__proto__', '😀']));
    await recordDocuments(databases.read).deleteMany({});
    await recordReadDocuments(databases.read).updateMany({}, { $set: { read_count: 5 } });
    for (const model of openModels(records, databases.write, databases.read)) {
      await rebuild(model, { db: databases.read, timeLeftMs: () => 60_000 });
    }
    expect(await all()).toEqual(live);
  });
});
