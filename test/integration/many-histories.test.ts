import fc from 'fast-check';
import { beforeAll, describe, test } from 'vitest';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers, type TestDomain } from '../support/domains.ts';
import { type Action, createActor } from '../support/history.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { expectWhole, type Scenario, scenarios, settle } from '../support/scenario.ts';
import { clear, createWorld, runReconcile } from '../support/world.ts';

// One run is many histories at once, each of an aggregate of its own: they share the relay, the queue and the repairs,
// so that a thousand of them take seconds.
const historiesInRun = 25;
const runs = 7;
const seed = runSeed('many histories');

const mishaps: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('deliver' as const),
      count: fc.integer({ min: 1, max: 10 }),
      keep: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('lose' as const), count: fc.nat(10) }) },
);
const someMishaps = fc.array(mishaps, { minLength: 5, maxLength: 20 });
const repair: fc.Arbitrary<Action> = fc.record({ does: fc.constantFrom('rebuild', 'reconcile') });

interface Run {
  first: Scenario;
  /** What becomes of the messages of the first commands, of all before the repair, and of all after it. */
  chaos: [Action[], Action[], Action[]];
  repair: Action;
  later: Scenario['changes'];
  queueSeed: number;
}

const runsOf = (domain: TestDomain): fc.Arbitrary<Run> =>
  fc.record({
    first: scenarios(domain, historiesInRun, 2 * historiesInRun),
    chaos: fc.tuple(someMishaps, someMishaps, someMishaps),
    repair,
    later: fc.array(fc.record({ at: fc.nat(historiesInRun - 1), wish: domain.change }), { maxLength: 60 }),
    queueSeed: fc.integer(),
  });

describe.concurrent.each(subscribers)('$name', (domain) => {
  const databases = useDatabases();
  beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

  test(`lost, doubled and reordered messages with a repair in between end as a replay: ${runs * historiesInRun} histories`, {
    timeout: 120_000,
  }, async () => {
    const property = fc.asyncProperty(runsOf(domain), async (run) => {
      const world = createWorld(domain, databases.write, databases.read, seededRandom(run.queueSeed));
      await clear(world);
      const act = createActor(world);
      const all = (actions: Action[]) => Promise.all(actions.map(act));
      const changes = (some: Scenario['changes']) => all(some.map((one) => ({ does: 'change', ...one })));
      const [early, middle, late] = run.chaos;
      await all(run.first.creates.map((wish) => ({ does: 'create', wish })));
      await changes(run.first.changes);
      await act({ does: 'relay' });
      for (const action of early) await act(action);
      await changes(run.later);
      await act({ does: 'relay' });
      for (const action of middle) await act(action);
      await act(run.repair);
      for (const action of late) await act(action);
      await settle(world);
      await runReconcile(world);
      await expectWhole(world);
    });
    await fc.assert(property, { seed, numRuns: runs, endOnFailure: false });
  });
});
