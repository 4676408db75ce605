import { beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { commandConsumer } from '../../lib/platform/command-queue.ts';
import { consumerHandler } from '../../lib/platform/consumer.ts';
import { queuedRecordReads } from '../../lib/records/commands.ts';
import { recordReadCommand } from '../../lib/records/record.ts';
import { hushFunctions } from '../support/call.ts';
import { useDatabases } from '../support/database.ts';
import { lambdaContext, sqsEvent } from '../support/sqs-event.ts';

const db = useDatabases();

beforeAll(async () => {
  hushFunctions();
  await catalogue.ensureIndexes(db.write, db.read);
});

test('of a batch of ten, a queued command whose write is refused fails alone', async () => {
  await db.write.command({ collMod: 'record_reads', validator: { _id: { $ne: 'refused' } } });
  const command = (key: string, n: number) =>
    JSON.stringify({
      command_id: `c-${n}`,
      type: 'RecordRead',
      data: { key, count: 1 },
      correlation_id: 'c',
      causation_id: 'c',
      sent_at: new Date().toISOString(),
    });
  const keys = ['refused', ...Array.from({ length: 9 }, (_, n) => `key ${n % 3}`)];
  const queue = {
    name: 'records-commands',
    schema: recordReadCommand,
    handle: queuedRecordReads(db.write),
  };
  const handle = consumerHandler(commandConsumer(queue), db.read);
  const { batchItemFailures } = await handle(sqsEvent(keys.map(command)), lambdaContext('test'));
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }]);
  expect(await db.write.collection('record_reads').countDocuments({ read_count: 3 })).toBe(3);
});
