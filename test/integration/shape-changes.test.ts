import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { asStored } from '../../lib/core/projection/as-stored.ts';
import type { Projection, ReadDocument, ReadModel } from '../../lib/core/projection/projection.ts';
import { eventSource, stateSource } from '../../lib/core/projection/sources.ts';
import { measureDrift, rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { count, counterEvents } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { isProjected } from '../support/open.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows, replay } from '../support/replay.ts';
import { expectWhole, play, refusedOrDone, sampleScenario } from '../support/scenario.ts';
import { context, setUpStore, stores, streamType } from '../support/stores.ts';
import { clear, createWorld, newContext, project, relay, type World } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('changes of shape');
const timeLeftMs = () => 60_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** Whatever code may put into a document by mistake or on purpose. */
const content = fc.letrec<{ value: unknown; fields: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(undefined, null, true, -0, Number.NaN, 7n, '\ud800', () => 1),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('fields'),
  ),
  fields: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('value'), { maxKeys: 4 }),
})).fields;

/** A read model of counters whose documents have whatever fields are given, beside the total. */
const models = (projection: Projection): ReadModel<Projection>[] => {
  const { write, read } = databases;
  const state = { schema_version: 1, data: z.object({ total: z.int() }) };
  const place = { collection: 'counters', state };
  const open = (source: ReadModel['source'], name: string): ReadModel<Projection> => ({
    projection: { ...projection, name },
    collection: read.collection<ReadDocument>(name),
    source,
    indexes: [],
  });
  return [
    open(
      stateSource(write, place, projection, ({ total }) => projectionOf(projection, total)),
      'of_states',
    ),
    open(eventSource(write, projection), 'of_events'),
  ];
};

const projectionOf = (projection: Projection, total: number): object =>
  projection.evolve({ total: total - 1 }, {} as never);

const withFields = (schemaVersion: number, fields: object): Projection<{ total: number }> => ({
  name: '',
  streamType,
  schemaVersion,
  eventTypes: counterEvents,
  evolve: (document) => ({ ...document, ...fields, total: (document?.total ?? 0) + 1 }),
});

describe('a read model', () => {
  test('of any shape, after any other, is whole after a rebuild: a dry run counts nothing', async () => {
    const [stateStore, eventStore] = stores;
    if (stateStore === undefined || eventStore === undefined) throw new Error('there are two stores');
    for (const { open } of [stateStore, eventStore]) {
      const { handle, id } = setUpStore(open(databases.write));
      await handle({ id, command: count(1, 1, 1) }, context());
    }
    const property = fc.asyncProperty(content, content, fc.boolean(), async (before, after, isRaised) => {
      for (const model of models(withFields(1, before)))
        await rebuild(model, { db: databases.read, timeLeftMs });
      for (const model of models(withFields(isRaised ? 2 : 1, after))) {
        const options = { db: databases.read, timeLeftMs };
        expect(await rebuild(model, options)).toMatchObject({ done: true, failed: 0 });
        const drift = await measureDrift(model, options);
        expect(drift).toMatchObject({ altered: 0, missing: 0, surplus: 0, failed: 0 });
        expect(drift.scanned).toBeGreaterThan(0);
      }
    });
    await fc.assert(property, { seed, numRuns: 30 });
  });

  test('is folded in memory from what it would be folded from if it had been stored', async () => {
    const kept = databases.read.collection<{ _id: string; fields: object }>('kept');
    const property = fc.asyncProperty(content, async (fields) => {
      const stored = asStored(fields);
      await kept.replaceOne({ _id: 'one' }, { fields: stored }, { upsert: true });
      expect((await kept.findOne({ _id: 'one' }))?.fields).toStrictEqual(stored);
      expect(asStored(stored)).toBe(stored);
    });
    await fc.assert(property, { seed, numRuns: 200 });
  });
});

describe.each(domains)('between a deploy and its rebuild: $name', (domain) => {
  const open = () => createWorld(domain, databases.write, databases.read, seededRandom(seed));
  beforeEach(() => clear(open()));

  /** As if another release had written the documents: they have nothing that today's have. */
  const age = async ({ write, read }: World, schema_version: number): Promise<void> => {
    for (const { collection } of domain.readModels(write, read)) {
      await collection.updateMany({}, [
        {
          $replaceWith: {
            _id: '$_id',
            version: '$version',
            schema_version,
            updated_at: '$updated_at',
            old: true,
          },
        },
      ]);
    }
  };
  const isOld = (document: object): boolean => 'old' in document;
  const setUp = async () => {
    const world = open();
    const ids = await play(world, sampleScenario(domain, seed, [3, 0]));
    await relay(world);
    await project(world);
    return { world, ids };
  };

  test.each([
    ['older', 0],
    ['newer', 99],
  ])(
    'a document of a release that is %s is recomputed when its aggregate changes, the others stay',
    async (_, shape) => {
      const { world, ids } = await setUp();
      await age(world, shape);
      // Its own sender, which knows no supplier: what is changed are products.
      const change = fc
        .sample(domain.change, { seed, numRuns: 30 })
        .filter(({ type }) => type !== 'RenameSupplier');
      for (const wish of change)
        await refusedOrDone(domain.commands(world.write)(wish, ids[0], newContext()));
      await relay(world);
      await project(world);
      let touched = 0;
      for (const model of domain.readModels(world.write, world.read).filter(isProjected)) {
        const expected = new Map(
          replay(model, await allRows(world.write)).map((document) => [document._id, document]),
        );
        for (const document of await model.collection.find().toArray()) {
          if (isOld(document)) expect(document.schema_version).toBe(shape);
          else expect(document).toEqual(expected.get(document._id));
          if (!isOld(document)) touched += 1;
        }
      }
      expect(touched).toBeGreaterThan(0);
      for (const model of domain.readModels(world.write, world.read))
        await rebuild(model, { db: world.read, timeLeftMs });
      await expectWhole(world);
    },
  );

  test('documents of another release are recomputed when their messages come again', async () => {
    const { world } = await setUp();
    await age(world, 99);
    const rows = await allRows(world.write);
    const messages = rows.map(({ _id, ...row }) => ({
      id: _id,
      body: JSON.stringify({ event_id: _id, ...row }),
    }));
    await world.queue.publisher.send('', messages);
    await project(world);
    await expectWhole(world);
  });
});
