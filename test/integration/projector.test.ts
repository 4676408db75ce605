import { expect, test } from 'vitest';
import { createProjector } from '../../lib/core/projection/projector.ts';
import { openReadModel } from '../../lib/core/projection/read-model.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { eventsOf } from '../support/context.ts';
import { count, counterModel } from '../support/counter.ts';
import { useDatabases } from '../support/database.ts';
import { context, openCounters, setUpStore } from '../support/stores.ts';

const databases = useDatabases();

test('an event that fails in one of two read models has failed, and is neither applied nor a duplicate', async () => {
  const ground = { writeDb: databases.write, readDb: databases.read, settings: settingsFrom({}) };
  const sound = openReadModel(counterModel, ground);
  const cannot = new TypeError('cannot be folded');
  const broken = openReadModel({ ...counterModel, collection: 'broken_views' }, ground);
  const evolve = () => {
    throw cannot;
  };
  broken.projection = { ...broken.projection, evolve };
  broken.source = { ...broken.source, current: async (ids) => ids.map((id) => ({ id, error: cannot })) };
  const { handle, id } = setUpStore(openCounters(databases.write));
  await handle({ id, command: count(1), isNew: true }, context());
  const events = await eventsOf(databases.write, 'Counter');
  const [event] = events;

  const outcome = await createProjector('both', [sound, broken]).apply(events);
  expect(outcome).toEqual({ applied: [], duplicates: 0, failures: new Map([[event?.event_id, cannot]]) });
  expect(await createProjector('both', [sound, broken]).findMissing(events)).toEqual(events);
  expect(await createProjector('one', [sound]).findMissing(events)).toEqual([]);
  expect(await createProjector('one', [sound]).apply(events)).toEqual({
    applied: [],
    duplicates: 1,
    failures: new Map(),
  });
});
