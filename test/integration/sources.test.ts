// Source: lib/core/projection/sources.ts.
import { beforeAll, expect, test } from 'vitest';
import type { Recomputed } from '../../lib/core/projection/projection.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { between, estimateRows, eventSource, rangeOf } from '../../lib/core/projection/sources.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { counterList, counterModel } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { runSeed } from '../support/random.ts';
import { play, sampleScenario } from '../support/scenario.ts';
import { clear, createWorld } from '../support/world.ts';

const databases = useDatabases();
const elsewhere = useDatabases();
const seed = runSeed('sources');
const counters = 600;
const idOf = (n: number): string => `c-${String(n).padStart(4, '0')}`;
const ids = Array.from({ length: counters }, (_, n) => idOf(n));

const event = (stream_type: string, id: string, version: number) => ({
  _id: `${stream_type}-${id}-${version}`,
  stream_id: `${stream_type}-${id}`,
  stream_type,
  version,
  type: 'Counted',
  schema_version: 1,
  data: { by: 1 },
  metadata: { command_id: 'c', correlation_id: 'c', causation_id: 'c' },
  recorded_at: new Date(version),
});

beforeAll(async () => {
  await catalogue.ensureIndexes(elsewhere.write, elsewhere.read);
  // Neighbours by name on either side, which are none of it.
  const others = ['Counte', 'Counter2'].flatMap((type) => ids.map((id) => event(type, id, 1)));
  const own = ids.flatMap((id) => [event('Counter', id, 1), event('Counter', id, 2)]);
  await eventRows(databases.write).insertMany([...others, ...own]);
  const now = new Date();
  const stamps = { version: 2, created_at: now, updated_at: now };
  const documents = ids.map((_id) => ({ _id, total: 2, ...stamps }));
  await databases.write.collection<{ _id: string }>('counters').insertMany(documents);
});

const sources = {
  'of documents': () =>
    openReadModel(counterModel, {
      writeDb: databases.write,
      readDb: databases.read,
      settings: settingsFrom({}),
    }).source,
  'of events': () => eventSource(databases.write, counterList),
};

test.each(Object.entries(sources))(
  'the segments of a source %s have each aggregate once, in order',
  async (_, open) => {
    const source = open();
    expect(await source.segments(1)).toEqual([{}]);
    const segments = await source.segments(3);
    expect(segments.length).toBeGreaterThan(1);
    expect(segments.length).toBeLessThanOrEqual(3);
    const found: unknown[] = [];
    for (const segment of segments)
      for await (const one of source.scan(segment))
        found.push([one.id, 'document' in one && [one.document.version, Reflect.get(one.document, 'total')]]);
    expect(found).toEqual(ids.map((id) => [id, [2, 2]]));
  },
);

test.each(Object.entries(sources))(
  'a source %s gives those that are asked for, and leaves out what is not there',
  async (_, open) => {
    const found = await open().current([idOf(7), 'never', idOf(3)]);
    expect(found.map(({ id }) => id).toSorted()).toEqual([idOf(3), idOf(7)]);
    expect(await open().current([])).toEqual([]);
    const { expected, there } = await open().ofAggregate(idOf(7), 1);
    expect([expected.map(({ id }) => id), there]).toEqual([[idOf(7)], { _id: idOf(7) }]);
  },
);

// A rebuild that meets a document which is newer than what it has scanned asks for it by its id.
test.each(subscribers)(
  'each document that $name keeps is given by its id as it is by a scan',
  async (domain) => {
    const world = createWorld(domain, elsewhere.write, elsewhere.read);
    await clear(world);
    await play(world, sampleScenario(domain, seed, [6, 12]));
    let seen = 0;
    for (const model of domain.readModels(elsewhere.write, elsewhere.read)) {
      const scanned: Recomputed[] = [];
      for await (const one of model.source.scan({})) scanned.push(one);
      const wanted = scanned.map(({ id }) => id).filter((_, index) => index % 2 === 0);
      const found = await model.source.current(['0-never', ...wanted]);
      const byId = (one: Recomputed, other: Recomputed) => (one.id < other.id ? -1 : 1);
      expect(found.toSorted(byId), model.projection.name).toEqual(
        scanned.filter(({ id }) => wanted.includes(id)),
      );
      seen += wanted.length;
    }
    expect(seen).toBeGreaterThan(0);
  },
);

test('a document that is known is gone on with, unless it has another shape', async () => {
  const known = (fields: object) =>
    new Map([
      [
        idOf(1),
        { _id: idOf(1), version: 1, schema_version: 1, updated_at: new Date(), total: 40, ...fields },
      ],
    ]);
  const totalOf = async (fields: object) => {
    const [one] = await eventSource(databases.write, counterList).current([idOf(1)], known(fields));
    return one !== undefined && 'document' in one ? Reflect.get(one.document, 'total') : undefined;
  };
  expect([await totalOf({}), await totalOf({ version: 2 }), await totalOf({ schema_version: 9 })]).toEqual([
    41, 40, 2,
  ]);
});

test('the number of aggregates is told about right, from all of a small log and from a sample of a large one', async () => {
  expect(await sources['of documents']().estimate()).toBe(counters);
  // One in four of the rows is the first of a counter.
  const estimate = await sources['of events']().estimate();
  expect(estimate).toBeGreaterThan(counters * 0.7);
  expect(estimate).toBeLessThan(counters * 1.3);
  const few = databases.read.collection('few') as never;
  expect(await estimateRows(few, { version: 1 })).toBe(0);
});

test('segments lie side by side, open at both ends', () => {
  expect(between([])).toEqual([{}]);
  expect(between(['b', 'd'])).toEqual([{ upTo: 'b' }, { after: 'b', upTo: 'd' }, { after: 'd' }]);
  expect(between(['b', 'd']).map(rangeOf)).toEqual([{ $lte: 'b' }, { $gt: 'b', $lte: 'd' }, { $gt: 'd' }]);
});
