import { beforeAll, describe, expect, test } from 'vitest';
import type { Domain } from '../../lib/core/domains/domain.ts';
import type { EventRow } from '../../lib/core/events.ts';
import { unpark } from '../../lib/core/relay/parked.ts';
import type { Publisher } from '../../lib/core/relay/publish.ts';
import { removeOldEvents } from '../../lib/core/stores/retention.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { crashEverywhere, untilCrash } from '../support/fault-points.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { play, sampleScenario, settle } from '../support/scenario.ts';
import { clear, createWorld, keep, relay } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('retention fault points');
const refuses: Publisher = {
  send: async (_, messages) => ({ refused: new Map(messages.map(({ id }) => [id, 'not sendable'])) }),
};

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

const ids = (rows: EventRow[]): string[] => rows.map(({ _id }) => _id).sort();

const keepsState = ({ streams }: Domain): boolean => streams.some(({ store }) => store === 'state');
const names = new Set(catalogue.all.filter(keepsState).map(({ name }) => name));

describe.each(domains.filter(({ name }) => names.has(name)))('$name', (domain) => {
  test('what is parked or pending stays, and all else that is old goes with its commands, when retention dies at any point and runs again', async () => {
    const world = createWorld(domain, databases.write, databases.read, seededRandom(seed));
    const { write, read } = world;
    const retain = (writeDb = write, readDb = read) =>
      removeOldEvents({
        writeDb,
        readDb,
        streamTypes: catalogue.stateStoredTypes,
        commandLogs: catalogue.commandLogs,
        retentionMs: -60_000,
        upTo: Number.MAX_SAFE_INTEGER,
        timeLeftMs: () => 60_000,
      });
    await clear(world);
    await play(world, sampleScenario(domain, seed, [2, 4]));
    await settle(world);
    await play(world, sampleScenario(domain, seed + 1, [1, 1]));
    await relay(world, { publisher: refuses, maxAttempts: 1 });
    await play(world, sampleScenario(domain, seed + 2, [1, 1]));
    const owed = (await allRows(write)).filter(({ published_at }) => published_at === undefined);
    const parked = owed.filter(({ parked_at }) => parked_at !== undefined);
    expect(parked.length).toBeGreaterThan(0);
    expect(owed.filter(({ pending }) => pending).length).toBeGreaterThan(0);
    const restore = await keep(world);
    const crashes = await crashEverywhere(async (points, what) => {
      await restore();
      await untilCrash(points, () => retain(points.db(write), points.db(read)));
      const left = ids(await allRows(write));
      expect(left, what).toEqual(expect.arrayContaining(ids(owed)));
      await retain();
      const rows = await allRows(write);
      expect(ids(rows), what).toEqual(ids(owed));
      const causes = new Set(rows.map(({ metadata }) => metadata.command_id));
      for (const name of catalogue.commandLogs)
        for (const { _id } of await write.collection<{ _id: string }>(name).find().toArray())
          expect(causes, what).toContain(_id);
      // What was parked flows once it is put back; retention has passed it, and so it stays for good.
      await unpark(write);
      await settle(world);
      await retain();
      const last = await allRows(write);
      expect(ids(last), what).toEqual(ids(parked));
      for (const { published_at } of last) expect(published_at, what).toBeInstanceOf(Date);
    });
    console.info(`retention, ${domain.name}: ${crashes} fault points`);
    expect(crashes).toBeGreaterThan(3);
  });
});
