// Source: lib/core/indexes.ts: what the machine looks for, it finds by an index, however much there is.
import type { Db } from 'mongodb';
import { beforeAll, expect, test } from 'vitest';
import { findDiscarded } from '../../lib/core/dead-letters/discarded.ts';
import { listDeadLetters, listLetters } from '../../lib/core/dead-letters/groups.ts';
import {
  deadLetterRecords,
  findRecords,
  forgetGone,
  lettersOfCause,
  listFailedEvents,
} from '../../lib/core/dead-letters/records.ts';
import { listActions } from '../../lib/core/ops/actions.ts';
import { findEffects } from '../../lib/core/ops/effects.ts';
import { listEvents } from '../../lib/core/ops/log.ts';
import { findTrace } from '../../lib/core/ops/trace.ts';
import { summarizeLags } from '../../lib/core/projection/lag.ts';
import { listParked } from '../../lib/core/relay/parked.ts';
import { isPending, newEvents } from '../../lib/core/relay/pending.ts';
import { listWatched } from '../../lib/core/repair/watch-list.ts';
import { findByKey } from '../../lib/core/stores/command-keys.ts';
import { nextPosition, openPositions, readAll } from '../../lib/core/stores/event-log.ts';
import { eventRows, findKeys } from '../../lib/core/stores/event-rows.ts';
import { findPositions } from '../../lib/core/stores/positions.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

/** What the server had to go through as a whole for this work. */
const wholeReads = async (db: Db, work: () => Promise<unknown>): Promise<unknown[]> => {
  const profile = db.collection('system.profile');
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const found = await profile
    .find({ op: { $in: ['query', 'command', 'remove'] }, ns: { $not: /system/ } })
    .toArray();
  expect(found.length).toBeGreaterThan(0);
  await profile.drop();
  return found.flatMap(({ ns, planSummary }) => (planSummary === 'COLLSCAN' ? [ns] : []));
};

const drained = async (events: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of events);
};

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['whether a relay may rest', (db) => isPending(db)],
  ['what is new', (db) => drained(newEvents(db, 10))],
  [
    'what waits for another attempt',
    (db) =>
      eventRows(db)
        .find({ next_attempt_at: { $exists: true } })
        .toArray(),
  ],
  ['what is parked', (db) => listParked(db, 10)],
  ['the next position', (db) => nextPosition(db)],
  ['batches that are open', (db) => openPositions(db)],
  ['a part of the log', (db) => readAll(db, 1, 10)],
  ['the positions of events', (db) => findPositions(db, ['e'])],
  ['a key', (db) => findByKey(db, 'k')],
  ['keys of queued commands', (db) => findKeys(db, ['k'])],
  ['a stream', (db) => listEvents(db, { order: 'desc', stream_id: 'Any-1', limit: 10 })],
  ['what a request caused', (db) => listEvents(db, { order: 'asc', correlation_id: 'c', limit: 10 })],
])('%s: found on the write side without a look at all that there is', async (_, work) => {
  expect(await wholeReads(databases.write, () => work(databases.write))).toEqual([]);
});

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['the causes of dead letters', (db) => listDeadLetters(db, { limit: 10 })],
  ['the causes in one subscription', (db) => listDeadLetters(db, { subscription: 's', limit: 10 })],
  ['the letters of a cause', (db) => listLetters(db, { subscription: 's', fingerprint: 'f', limit: 10 })],
  ['which letters are of a cause', (db) => lettersOfCause(db, 's', 'f')],
  ['the records of events', (db) => findRecords(db, 's', ['e'])],
  ['events that have failed', (db) => listFailedEvents(db, 's', 10)],
  ['letters that are gone', (db) => forgetGone(db, 's', async () => 0, new Date())],
  ['what failed for a request', (db) => deadLetterRecords(db).find({ correlation_id: 'c' }).toArray()],
  ['what was discarded', (db) => findDiscarded(db, 's', ['e'])],
  ['what is watched', (db) => listWatched(db, 10)],
  ['lags', (db) => summarizeLags(db, 5)],
  ['effects', (db) => findEffects(db, ['e'])],
  ['actions of a kind', (db) => listActions(db, { kind: 'rebuild', limit: 10 })],
])('%s: found on the read side without a look at all that there is', async (_, work) => {
  expect(await wholeReads(databases.read, () => work(databases.read))).toEqual([]);
});

test('the trace of a request is found without a look at all that there is', async () => {
  const trace = () => findTrace({ writeDb: databases.write, readDb: databases.read, subscribers: [] }, 'c');
  expect(await wholeReads(databases.write, trace)).toEqual([]);
});
