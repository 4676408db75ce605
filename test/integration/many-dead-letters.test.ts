import { beforeAll, expect, test } from 'vitest';
import { markReplayed } from '../../lib/core/dead-letters/records.ts';
import { redrive } from '../../lib/core/dead-letters/redrive.ts';
import { fromRow } from '../../lib/core/events.ts';
import { toMessage } from '../../lib/core/relay/publish.ts';
import { catalogue } from '../../lib/domains.ts';
import { callAtOnce } from '../support/callers.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows, expectPrefixes, storedVersions } from '../support/replay.ts';
import { expectWhole, play, sampleScenario, settle } from '../support/scenario.ts';
import { createWorld } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('many dead letters');
const letters = 10_000;

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

test('ten thousand dead letters redriven onto a live queue overwrite nothing newer', {
  timeout: 120_000,
}, async () => {
  const [domain] = domains;
  if (domain === undefined) throw new Error('no domain');
  const random = seededRandom(seed);
  const world = createWorld(domain, databases.write, databases.read, random);
  const { write, read, queue } = world;
  const projector = domain.subscriber(write, read);
  const models = domain.readModels(write, read);
  await play(world, sampleScenario(domain, seed, [20, 180]));
  await settle(world);
  const old = (await allRows(write)).map(fromRow).map(toMessage);
  // As if every delivery of weeks had failed: each event many times, in any order.
  const dead = Array.from({ length: letters }, (_, index) => old[index % old.length] ?? old[0]);
  await queue.publisher.send(
    '',
    dead.flatMap((message) => message ?? []),
  );
  queue.bury();
  expect(queue.letters).toHaveLength(letters);
  const before = await storedVersions(models);
  const calling = callAtOnce(world, { callers: 4, rounds: 20, random });
  const answer = await redrive(queue.dead, {
    timeLeftMs: () => 60_000,
    onRedriven: (some) => markReplayed(read, projector.name, some),
  });
  expect(answer).toMatchObject({ redriven: letters, left: 0, done: true });
  await queue.deliver(projector, { count: letters / 2 });
  await expectPrefixes(models, write);
  await calling;
  await settle(world);
  const now = await storedVersions(models);
  for (const [id, version] of before) expect(now.get(id), id).toBeGreaterThanOrEqual(version);
  expect(queue.letters).toHaveLength(0);
  await expectWhole(world);
});
