import { createCheckpoint } from '../../lib/core/checkpoint.ts';
import { nextPosition } from '../../lib/core/stores/event-log.ts';
import type { System } from './system.ts';
import { waitFor } from './wait-for.ts';

/**
 * Waits until reconcile has looked at every event that there is. What a test takes away from a read model after that stays
 * away: the scheduled run, each minute, would otherwise mend a part of it before the test's rebuild does.
 */
export const reconciled = async (system: System): Promise<void> => {
  const checkpoint = createCheckpoint<{ position: number }>(system.read, 'reconcile');
  await waitFor('reconcile to have seen every event', async () => {
    await system.invoke('reconcile');
    const { position } = (await checkpoint.find()) ?? { position: 0 };
    return position === (await nextPosition(system.write));
  });
};
