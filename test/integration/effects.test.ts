// Effects are fired by what is delivered, never by a rebuild: whichever subscriber it is, and whatever was lost.
import { beforeAll, describe, expect, test } from 'vitest';
import { fromRow } from '../../lib/core/events.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { applyEvents } from '../../lib/core/projection/subscriber.ts';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { openSubscriber } from '../support/open.ts';
import { runSeed } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { play, sampleScenario } from '../support/scenario.ts';
import { clear, createWorld } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('effects');
let fired = 0;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(subscribers)('$name', (domain) => {
  test('fires no effect again when all that it keeps is lost and rebuilt, and every event comes again', async () => {
    const { write, read } = databases;
    const definition = catalogue.subscriber(domain.name);
    const world = createWorld(domain, write, read);
    await clear(world);
    await play(world, sampleScenario(domain, seed, [20, 40]));
    const told: string[] = [];
    const subscriber = openSubscriber(definition, write, read, {}, (_, what, { event_id }) => {
      told.push(`${what} ${event_id}`);
    });
    const events = (await allRows(write)).map(fromRow).filter(({ type }) => definition.hears.includes(type));
    expect([...(await applyEvents(subscriber, events)).failures]).toEqual([]);
    expect(new Set(told).size, 'each effect once').toBe(told.length);
    const before = [...told];
    const resources = {
      writeDb: write,
      readDb: read,
      settings: settingsFrom({}),
      tell: () => void told.push('rebuilt'),
    };
    for (const model of definition.keeps ?? []) {
      const { collection } = openReadModel(model, resources);
      const kept = await collection.find().sort({ _id: 1 }).toArray();
      for (const lose of [{}, { _id: kept[0]?._id ?? '' }]) {
        await collection.deleteMany(lose);
        const options = { db: read, timeLeftMs: () => 60_000 };
        expect(await rebuild(openReadModel(model, resources), options)).toMatchObject({ done: true });
        expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual(kept);
        await applyEvents(subscriber, events);
      }
    }
    expect(told).toEqual(before);
    fired += told.length;
  });
});

test('effects were fired there', () => {
  expect(fired).toBeGreaterThan(0);
});
