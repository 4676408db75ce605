// A few commands of a domain, the same for the same seed, and the checks at the end of every survival test.
import fc from 'fast-check';
import { expect } from 'vitest';
import { isAppError } from '../../lib/core/errors.ts';
import { fromRow } from '../../lib/core/events.ts';
import { catalogue } from '../../lib/domains.ts';
import type { TestDomain } from './domains.ts';
import { expectDenseVersions, expectNoDrift, expectRelayed } from './invariants.ts';
import { isProjected } from './open.ts';
import { allRows, expectReplayed } from './replay.ts';
import type { Wish } from './test-domain.ts';
import { newContext, project, relay, type World } from './world.ts';

export interface Scenario {
  creates: Wish[];
  /** Which aggregate, by its place in `creates`, and what. */
  changes: { at: number; wish: Wish }[];
}

export const scenarios = (domain: TestDomain, aggregates: number, changes: number): fc.Arbitrary<Scenario> =>
  fc.record({
    creates: fc.array(domain.create, { minLength: aggregates, maxLength: aggregates }),
    changes: fc.array(fc.record({ at: fc.nat(aggregates - 1), wish: domain.change }), {
      minLength: changes,
      maxLength: changes,
    }),
  });

export const sampleScenario = (
  domain: TestDomain,
  seed: number,
  [aggregates, changes]: [number, number] = [3, 6],
): Scenario => {
  const [scenario] = fc.sample(scenarios(domain, aggregates, changes), { seed, numRuns: 1 });
  if (scenario === undefined) throw new Error('no sample');
  return scenario;
};

/** One of them, the same each time. */
export const oneWish = (wishes: fc.Arbitrary<Wish>): Wish => {
  const [wish] = fc.sample(wishes, { seed: 1, numRuns: 1 });
  if (wish === undefined) throw new Error('no sample');
  return wish;
};

/** A rule that says no is an answer like any other here. */
export const refusedOrDone = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isAppError(error, 'rule_violated')) return undefined;
    throw error;
  }
};

/** Sends all commands; gives the ids of the aggregates. */
export const play = async ({ domain, write }: World, scenario: Scenario): Promise<string[]> => {
  const send = domain.commands(write);
  const ids: string[] = [];
  for (const wish of scenario.creates) ids.push((await send(wish, undefined, newContext())).id);
  for (const { at, wish } of scenario.changes) await refusedOrDone(send(wish, ids[at], newContext()));
  return ids;
};

/** Everything is relayed and applied, and every property of the whole holds. */
export const expectWhole = async ({ domain, write, read }: World): Promise<void> => {
  const models = domain.readModels(write, read);
  const rows = await allRows(write);
  expectDenseVersions(rows);
  await expectRelayed(write, rows);
  await expectReplayed(models, write, rows);
  await expectNoDrift(models, read);
  const subscriber = domain.subscriber(write, read);
  const { hears } = catalogue.subscriber(subscriber.name);
  const heard = rows.map(fromRow).filter(({ type }) => hears.includes(type));
  expect(await subscriber.findMissing(heard)).toEqual([]);
};

/** The read models are what they should be: for what leaves the write side alone. */
export const expectShown = async ({ domain, write, read }: World): Promise<void> => {
  const models = domain.readModels(write, read);
  await expectReplayed(models, write);
  await expectNoDrift(
    models.filter((model) => !isProjected(model)),
    read,
  );
};

export const settle = async (world: World): Promise<void> => {
  await relay(world);
  await project(world);
};
