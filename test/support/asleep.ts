// A relay that sleeps after milliseconds, commands that start one when none is awake, and the schedule.
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { beforeAll } from 'vitest';
import { relayWaker } from '../../lib/core/relay/awake.ts';
import { type RelayOptions, runRelay } from '../../lib/core/relay/relay.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from './database.ts';
import { exampleDomain } from './domains.ts';
import { seededRandom } from './random.ts';
import { oneWish } from './scenario.ts';
import { createWorld, newContext, type World } from './world.ts';

const idleMs = 80;

/** One run: it ends when nothing has been pending for `idleMs`. */
export const sleepyRelay = (
  { write, queue, domain, read }: World,
  options: Partial<RelayOptions> = {},
): Promise<number> => {
  const { name } = domain.subscriber(write, read);
  const deadline = performance.now() + 20_000;
  return runRelay({
    db: write,
    publisher: queue.publisher,
    subscriptionsOf: () => [name],
    maxAttempts: 5,
    owner: randomUUID(),
    batchSize: 100,
    pollMs: 60,
    leaseMs: 40,
    idleMs,
    timeLeftMs: () => deadline - performance.now(),
    onBatch: () => undefined,
    ...options,
  });
};

export interface Relays {
  /** For commands of one container, on its own document of the database. */
  waker(db?: Db): () => Promise<void>;
  readonly started: number;
  /** Resolves when every relay that was started has ended. */
  ended(): Promise<void>;
}

/** Starts a relay for each call that gets there. */
export const createRelays = (
  world: World,
  options: () => Partial<RelayOptions> = () => ({}),
  calledMs = 40,
): Relays => {
  const running = new Set<Promise<unknown>>();
  let started = 0;
  const start = async (): Promise<void> => {
    started += 1;
    const run = sleepyRelay(world, options()).finally(() => running.delete(run));
    running.add(run);
  };
  return {
    waker: (db = world.write) => relayWaker(db, start, calledMs),
    get started() {
      return started;
    },
    async ended() {
      while (running.size > 0) await Promise.all(running);
    },
  };
};

/** Databases of a test's own, with a world of the example; what is committed is by no call that wakes a relay. */
export const useSleepyWorld = (seed: number) => {
  const databases = useDatabases();
  let world: World | undefined;
  beforeAll(async () => {
    world = createWorld(exampleDomain, databases.write, databases.read, seededRandom(seed));
    await catalogue.ensureIndexes(databases.write, databases.read);
  });
  return {
    world: (): World => {
      if (world === undefined) throw new Error('the world is there from beforeAll on');
      return world;
    },
    commit: (db = databases.write) =>
      exampleDomain.commands(db)(oneWish(exampleDomain.create), undefined, newContext()),
    pending: () => eventRows(databases.write).countDocuments({ pending: true }),
  };
};
