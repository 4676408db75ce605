import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Called, hushFunctions } from '../support/call.ts';
import { exampleDomain } from '../support/domains.ts';
import { changeCall, example, written } from '../support/example.ts';
import { loadFunctions } from '../support/example-functions.ts';
import { runSeed, seededRandom } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { expectWhole, settle } from '../support/scenario.ts';
import type { Call } from '../support/test-domain.ts';
import { startThreeNodes, type ThreeNodes } from '../support/three-nodes.ts';
import { waitFor } from '../support/wait-for.ts';
import { createWorld, project, relay, type World } from '../support/world.ts';

// What a caller may be kept waiting for at most while the database is not there; the contract says 5 s.
const limitMs = 5_000;
const seed = runSeed('failover');
let set: ThreeNodes;

/** The functions as a container has them that was started with this set's addresses. */
const load = async () => {
  vi.stubEnv('WRITE_DB_URL', set.url('failover_write'));
  vi.stubEnv('READ_DB_URL', set.url('failover_read'));
  hushFunctions();
  vi.resetModules();
  const functions = await loadFunctions();
  const { writeDb, readDb, closeDatabases } = await import('../../lib/platform/mongo.ts');
  const { catalogue } = await import('../../lib/domains.ts');
  const world = createWorld(exampleDomain, writeDb(), readDb(), seededRandom(seed));
  return { ...functions, world, catalogue, closeDatabases };
};
type Loaded = Awaited<ReturnType<typeof load>>;

let loaded: Loaded;

beforeAll(async () => {
  set = await startThreeNodes();
  loaded = await load();
  await loaded.catalogue.ensureIndexes(loaded.world.write, loaded.world.read);
});
afterAll(async () => {
  await loaded?.closeDatabases();
  await set?.stop();
});

interface Acknowledged {
  key: string;
  id: string;
  version: number;
}

/** Writers that send each command, with its key, until it is acknowledged. */
const startLoad = ({ newCall, send }: Loaded, writers: number) => {
  const acknowledged: Acknowledged[] = [];
  const answers: Called[] = [];
  let stop = false;

  const insist = async (call: Call): Promise<Acknowledged> => {
    const key = randomUUID();
    for (;;) {
      const answer = await send(call, { 'idempotency-key': key });
      answers.push(answer);
      if (answer.status < 300)
        return {
          key,
          id: String(answer.body['id'] ?? answer.body['key']),
          version: Number(answer.body['version']),
        };
    }
  };
  const write = async (): Promise<void> => {
    while (!stop) {
      const created = await insist(await newCall());
      acknowledged.push(created);
      acknowledged.push(await insist(changeCall(created.id)));
    }
  };
  const running = Promise.all(Array.from({ length: writers }, write));
  return {
    acknowledged,
    answers,
    more: (count: number) => {
      const from = acknowledged.length;
      return waitFor(`${count} more acknowledged commands`, () => acknowledged.length >= from + count, {
        timeoutMs: 60_000,
      });
    },
    async stop() {
      stop = true;
      await running;
    },
  };
};

/** The relay as the schedule keeps it up, and a projector: both may fail, and are started again. */
const keepProjecting = (world: World) => {
  let stop = false;
  const longest = { ms: 0 };
  const again = async (run: () => Promise<void>): Promise<void> => {
    while (!stop) {
      const started = performance.now();
      await run().catch(() => {
        longest.ms = Math.max(longest.ms, performance.now() - started);
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const running = Promise.all([again(() => relay(world)), again(() => project(world))]);
  return {
    longest,
    async stop() {
      stop = true;
      await running;
    },
  };
};

const expectAllThere = async ({ world }: Loaded, acknowledged: Acknowledged[]): Promise<void> => {
  const rows = await allRows(world.write);
  const byKey = Map.groupBy(rows, (row) => row.metadata.command_id);
  for (const { key, id, version } of acknowledged) {
    expect(byKey.get(key)?.map((row) => [row.stream_id, row.version])).toEqual([
      [`${example.streamType}-${id}`, version],
    ]);
  }
  expect(byKey.size).toBe(rows.length);
};

const callEach = ({ create, change, read }: Loaded, id: string): Promise<Called>[] => [
  create(),
  change(id),
  read({ id, version: 1 }),
];

const statusesOf = (answers: Called[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const slowest = (answers: Called[]): number => Math.max(...answers.map(({ ms }) => ms));

const report = (what: string, answers: Called[]): void =>
  console.info(what, statusesOf(answers), `slowest ${Math.round(slowest(answers))} ms`);

test('no acknowledged command is lost when the primary steps down, is killed, and freezes under load', {
  timeout: 180_000,
}, async () => {
  const load = startLoad(loaded, 8);
  const projecting = keepProjecting(loaded.world);
  await load.more(100);
  await set.stepDown();
  await load.more(100);
  const killed = await set.primary();
  await killed.kill();
  await load.more(100);
  await killed.start();
  const frozen = await set.primary();
  frozen.freeze();
  await load.more(100);
  frozen.thaw();
  await load.more(100);
  await load.stop();
  await projecting.stop();
  report('failover', load.answers);
  expect(
    Object.keys(statusesOf(load.answers)).filter((status) => !['200', '201', '503'].includes(status)),
  ).toEqual([]);
  expect(slowest(load.answers)).toBeLessThan(limitMs);
  await expectAllThere(loaded, load.acknowledged);
  await settle(loaded.world);
  await expectWhole(loaded.world);
});

test('every caller gets a 503 in under five seconds while MongoDB is away, and success when it is back', {
  timeout: 180_000,
}, async () => {
  const { world } = loaded;
  const { id } = written((await loaded.create()).body);
  await Promise.all(set.nodes.map((node) => node.kill()));
  const late = await load();
  const answers: Called[] = [];
  for (const functions of [loaded, late]) {
    for (let round = 0; round < 2; round += 1) {
      answers.push(...(await Promise.all(callEach(functions, id))));
    }
  }
  report('away', answers);
  expect(statusesOf(answers)).toEqual({ 503: answers.length });
  expect(slowest(answers)).toBeLessThan(limitMs);
  const started = performance.now();
  await expect(relay(world)).rejects.toThrow();
  expect(performance.now() - started, 'the relay fails fast').toBeLessThan(2 * limitMs);

  await Promise.all(set.nodes.map((node) => node.start()));
  await set.primary();
  for (const functions of [loaded, late]) {
    await waitFor('a command to succeed', async () => (await functions.create()).status === 201);
    expect((await functions.read({ id, version: 0 })).status).toBe(200);
  }
  await settle(world);
  await expectWhole(world);
  await late.closeDatabases();
});

test('every caller gets an answer in under five seconds while MongoDB neither answers nor hangs up', {
  timeout: 180_000,
}, async () => {
  const { world } = loaded;
  const { id } = written((await loaded.create()).body);
  const creating = await Promise.all(Array.from({ length: 5 }, () => loaded.newCall()));
  for (const node of set.nodes) node.freeze();
  const answers = await Promise.all([...creating.map((call) => loaded.send(call)), ...callEach(loaded, id)]);
  for (const node of set.nodes) node.thaw();
  report('frozen', answers);
  // What was answered before the freeze took hold is a success.
  expect(answers.filter(({ status }) => ![200, 201, 503].includes(status))).toEqual([]);
  expect(slowest(answers)).toBeLessThan(limitMs);
  await waitFor('a command to succeed', async () => (await loaded.create()).status === 201);
  await settle(world);
  await expectWhole(world);
});
