// A history: commands, and what may become of their messages in between, in any order.
import fc from 'fast-check';
import { rebuild } from '../../lib/core/repair/rebuild.ts';
import type { TestDomain } from './domains.ts';
import { refusedOrDone } from './scenario.ts';
import type { Wish } from './test-domain.ts';
import { newContext, relay, runReconcile, type World } from './world.ts';

export type Action =
  | { does: 'create'; wish: Wish }
  | { does: 'change'; at: number; wish: Wish }
  | { does: 'relay' }
  | { does: 'deliver'; count: number; keep: boolean }
  | { does: 'lose'; count: number }
  | { does: 'rebuild' }
  | { does: 'reconcile' };

const few = fc.integer({ min: 1, max: 4 });

const actions = (domain: TestDomain): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ does: fc.constant('create' as const), wish: domain.create }) },
    {
      weight: 8,
      arbitrary: fc.record({ does: fc.constant('change' as const), at: fc.nat(3), wish: domain.change }),
    },
    { weight: 3, arbitrary: fc.constant({ does: 'relay' as const }) },
    {
      weight: 6,
      arbitrary: fc.record({ does: fc.constant('deliver' as const), count: few, keep: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('lose' as const), count: few }) },
    { weight: 1, arbitrary: fc.constant({ does: 'rebuild' as const }) },
    { weight: 1, arbitrary: fc.constant({ does: 'reconcile' as const }) },
  );

export const histories = (domain: TestDomain): fc.Arbitrary<Action[]> =>
  fc
    .tuple(domain.create, fc.array(actions(domain), { minLength: 6, maxLength: 20 }))
    .map(([wish, rest]) => [{ does: 'create', wish }, ...rest]);

/** Gives what does one action after the other on a world. */
export const createActor = (world: World): ((action: Action) => Promise<void>) => {
  const { domain, write, read, queue } = world;
  const send = domain.commands(write);
  const projector = domain.subscriber(write, read);
  const ids: string[] = [];
  return async (action) => {
    switch (action.does) {
      case 'create':
        ids.push((await send(action.wish, undefined, newContext())).id);
        return;
      case 'change':
        await refusedOrDone(send(action.wish, ids[action.at % ids.length], newContext()));
        return;
      case 'relay':
        return relay(world);
      case 'deliver':
        return queue.deliver(projector, action);
      case 'lose':
        queue.lose(action.count);
        return;
      case 'rebuild':
        for (const model of domain.readModels(write, read)) {
          await rebuild(model, { db: read, timeLeftMs: () => 60_000, batchSize: 2 });
        }
        return;
      case 'reconcile':
        await runReconcile(world);
        return;
    }
  };
};
