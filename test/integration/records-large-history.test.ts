import { beforeAll, expect, test } from 'vitest';
import { createQueryBus } from '../../lib/core/queries/bus.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { getRecordHistory } from '../../lib/records/history.ts';
import { queryContext } from '../support/context.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
/** What Lambda answers with at most. */
const lambdaBytes = 6 * 1024 * 1024;
const many = 70;
// Six bytes each in JSON, and seven where that is text in JSON again.
const value = '\u0001'.repeat(21_000);

beforeAll(async () => {
  const rows = Array.from({ length: many }, (_, at) => ({
    _id: `e-${at}`,
    stream_id: 'Record-large',
    stream_type: 'Record',
    version: at + 1,
    type: 'RecordWritten',
    schema_version: 1,
    data: { value },
    metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
    recorded_at: new Date(),
  }));
  await eventRows(databases.write).insertMany(rows);
});

test('a history of large values comes in answers that a Lambda can give, each event once', async () => {
  const bus = createQueryBus([getRecordHistory], { writeDb: databases.write });
  const versions: number[] = [];
  for (let after_version = 0, isEnd = false; !isEnd; after_version = versions.at(-1) ?? 0) {
    const data = { id: 'large', limit: 100, after_version };
    const { body, next } = await bus.send({ type: 'GetRecordHistory', data }, queryContext);
    isEnd = next === undefined;
    expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(body) }))).toBeLessThan(lambdaBytes);
    versions.push(...body.map(({ version }) => version));
    if (!isEnd) expect(next).toEqual({ after_version: String(versions.at(-1)) });
  }
  expect(versions).toEqual(Array.from({ length: many }, (_, at) => at + 1));
});
