import { beforeAll, test } from 'vitest';
import fc from 'fast-check';
import { ensureAllIndexes } from '../../lib/indexes.ts';
import { useDatabases } from '../support/database.ts';
import { domains } from '../support/domains.ts';
import { createActor, histories } from '../support/history.ts';
import { seededRandom } from '../support/random.ts';
import { expectNoDrift, expectRelayed } from '../support/invariants.ts';
import { expectReplayed } from '../support/replay.ts';
import { settle } from '../support/scenario.ts';
import { clear, createWorld, runReconcile } from '../support/world.ts';
const d = useDatabases();
test('prof', async () => {
  await ensureAllIndexes(d.write, d.read);
  for (const domain of domains) {
    const t: Record<string, [number, number]> = {};
    const time = async (n: string, f: () => Promise<unknown>) => { const s = performance.now(); await f(); const [a, b] = t[n] ?? [0, 0]; t[n] = [a + performance.now() - s, b + 1]; };
    for (const actions of fc.sample(histories(domain), { numRuns: 40, seed: 1 })) {
      const world = createWorld(domain, d.write, d.read, seededRandom(1));
      const models = domain.readModels(d.write, d.read);
      await time('clear', () => clear(world));
      const act = createActor(world);
      for (const a of actions) await time(a.does, () => act(a));
      await time('settle', () => settle(world));
      await time('recon', () => runReconcile(world));
      await time('x-relayed', () => expectRelayed(d.write));
      await time('x-replayed', () => expectReplayed(models, d.write));
      await time('x-drift', () => expectNoDrift(models, d.read));
    }
    console.log(domain.name, Object.fromEntries(Object.entries(t).map(([k, [a, b]]) => [k, `${Math.round(a)}/${b} = ${(a / b).toFixed(1)}`])));
  }
}, 120000);
