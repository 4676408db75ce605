import { expect, test } from 'vitest';
import { create, example } from '../support/example.ts';
import { type System, startSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/** Creates one after the other until the system is gone; gives each id that was acknowledged. */
const createUntilGone = async (system: System, acknowledged: string[]): Promise<void> => {
  const { http } = system;
  for (;;) {
    const made = await create(http).catch(() => undefined);
    if (!made) return;
    acknowledged.push(made.id);
  }
};

test('no acknowledged command is lost when everything is killed under load', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem({ embedded: true });
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, () => createUntilGone(system, acknowledged));
  await waitFor('200 acknowledged commands', () => acknowledged.length >= 200, { timeoutMs: 60_000 });
  await system.kill9();
  await Promise.all(writers);

  await system.restart();
  const streams = system.write.collection<{ stream_id: string }>('events');
  const ofExamples = { stream_type: example.streamType, version: 1 };
  const there = new Set(await streams.distinct('stream_id', ofExamples));
  expect(acknowledged.filter((id) => !there.has(`${example.streamType}-${id}`))).toEqual([]);
  const readModel = system.read.collection(example.collection);
  await waitFor(
    'each of them in the read model',
    async () => (await readModel.countDocuments()) === there.size,
    { timeoutMs: 60_000 },
  );
  expect(await create(system.http)).toMatchObject({ version: 1 });
  await system.stop();
});
