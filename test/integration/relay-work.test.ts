// Source: lib/core/relay/relay.ts. Its own clock stands still unless the test moves it, and its time is counted in looks.
import { MongoClient } from 'mongodb';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EventRow } from '../../lib/core/events.ts';
import { leasesCollection } from '../../lib/core/lease.ts';
import type { SendOutcome } from '../../lib/core/relay/publish.ts';
import { type RelayOptions, runRelay } from '../../lib/core/relay/relay.ts';
import { appendPositions, positionsCollection } from '../../lib/core/stores/event-log.ts';
import { eventRows, eventsCollection } from '../../lib/core/stores/event-rows.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { instrument } from '../support/instrument.ts';
import { waitFor } from '../support/wait-for.ts';

const databases = useDatabases();
const anHour = 3_600_000;
const shortLeaseMs = 60;
const leases = () =>
  databases.write.collection<{ _id: string; owner: string; expires_at: Date }>(leasesCollection);
const positions = () => databases.write.collection<{ _id: number; event_ids: string[] }>(positionsCollection);

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));
beforeEach(async () => {
  await Promise.all([eventRows(databases.write), leases(), positions()].map((one) => one.deleteMany({})));
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => vi.useRealTimers();
});

let made = 0;
const insert = async (count: number, fields: Partial<EventRow> = {}): Promise<string[]> => {
  const rows = Array.from({ length: count }, (): EventRow => {
    made += 1;
    const id = `e-${String(made).padStart(4, '0')}`;
    const metadata = { command_id: 'c', correlation_id: 'c', causation_id: 'c' };
    const event = { type: 'Happened', schema_version: 1, data: {}, metadata, recorded_at: new Date(made) };
    const stream = { stream_id: `Any-${made}`, stream_type: 'Any', version: 1 };
    return { _id: id, ...event, ...stream, pending: true, ...fields };
  });
  await eventRows(databases.write).insertMany(rows);
  return rows.map(({ _id }) => _id);
};
const pending = () => eventRows(databases.write).countDocuments({ pending: true });

interface Run extends Partial<RelayOptions> {
  /** How often it may ask whether it has time left. */
  asks?: number;
  leftMs?: number;
  onAsk?: (asked: number) => void;
  answer?: (ids: string[]) => SendOutcome | Promise<SendOutcome>;
}

/** A relay that has an hour until it has asked so often, or until `end` is called. */
const relayThat = ({
  asks = 40,
  leftMs = anHour,
  onAsk,
  answer = () => ({ refused: new Map() }),
  ...options
}: Run = {}) => {
  /** `restless`: how often it asked at most before anything else had its turn. */
  const seen = {
    asked: 0,
    restless: 0,
    sent: [] as string[][],
    held: 0,
    underWay: 0,
    mostUnderWay: 0,
    called: 0,
  };
  let isOver = false;
  let inOneTurn = 0;
  const end = (): void => {
    isOver = true;
  };
  const run = () =>
    runRelay({
      db: databases.write,
      publisher: {
        async send(_, messages) {
          const ids = messages.map(({ id }) => id);
          seen.sent.push(ids);
          seen.underWay += 1;
          seen.mostUnderWay = Math.max(seen.mostUnderWay, seen.underWay);
          try {
            return await answer(ids);
          } finally {
            seen.underWay -= 1;
          }
        },
      },
      subscriptionsOf: () => ['one'],
      maxAttempts: 5,
      owner: 'this one',
      batchSize: 1,
      pollMs: 1,
      leaseMs: anHour,
      timeLeftMs: () => {
        seen.asked += 1;
        inOneTurn += 1;
        seen.restless = Math.max(seen.restless, inOneTurn);
        setImmediate(() => {
          inOneTurn = 0;
        });
        onAsk?.(seen.asked);
        return isOver || seen.asked > asks ? 0 : leftMs;
      },
      onBatch: () => undefined,
      onLease: () => {
        seen.held += 1;
      },
      callNext: async () => {
        seen.called += 1;
      },
      ...options,
    });
  return { run, seen, end };
};

/** As the database has it. */
const leaseEnd = async (): Promise<number> =>
  (await leases().findOne({ _id: 'relay' }))?.expires_at.getTime() ?? 0;

/** Long enough for whoever does not wait to go on. */
const callsOfAnother = async (): Promise<void> => {
  for (let call = 0; call < 50; call += 1) await databases.write.command({ ping: 1 });
};

/** Time passes until it is. */
const renewed = async (): Promise<void> => {
  const before = await leaseEnd();
  await waitFor('the lease to be renewed', async () => {
    vi.advanceTimersByTime(shortLeaseMs);
    return (await leaseEnd()) > before;
  });
};

test('a relay renews its lease when a third of it is over, not at each look', async () => {
  const seldom = relayThat();
  await seldom.run();
  expect(seldom.seen.held).toBe(1);
  const often = relayThat({
    leaseMs: 3_000,
    asks: 10,
    onAsk: (asked) => vi.advanceTimersByTime(asked > 5 ? 1_000 : 0),
  });
  await often.run();
  expect(often.seen.held).toBeGreaterThan(3);
});

test.each([
  ['is new', {}],
  ['was refused before', { next_attempt_at: new Date(0) }],
])('a relay keeps its lease while a queue takes longer than that for an event that %s', async (_, fields) => {
  await insert(1, fields);
  const { run, seen, end } = relayThat({
    leaseMs: shortLeaseMs,
    asks: 1_000,
    answer: async () => {
      await renewed();
      await renewed();
      end();
      return { refused: new Map() };
    },
  });
  expect([await run(), seen.sent.length]).toEqual([1, 1]);
});

test('a relay has four batches under way at most, and sends each once', async () => {
  const ids = await insert(7);
  const { run, seen } = relayThat({
    answer: async () => {
      await waitFor('four to be under way', () => seen.sent.length >= 4);
      await callsOfAnother();
      return { refused: new Map() };
    },
  });
  expect([await run(), seen.mostUnderWay, seen.sent.flat()]).toEqual([7, 4, ids]);
  const listed = await positions().find().sort({ _id: 1 }).toArray();
  expect(listed.flatMap(({ event_ids }) => event_ids)).toEqual(ids);
});

test('a relay whose time is up sends no more, waits for what is under way, and leaves the rest to the next', async () => {
  await insert(3);
  const { run, seen, end } = relayThat({
    answer: async () => {
      end();
      await positions().findOne({});
      return { refused: new Map() };
    },
  });
  expect(await run()).toBe(1);
  expect([seen.sent.length, seen.underWay, await pending(), seen.called]).toEqual([1, 0, 2, 1]);
});

test('a relay whose time is up when nothing is left calls no other', async () => {
  await insert(1);
  const { run, seen } = relayThat();
  expect([await run(), seen.called]).toEqual([1, 0]);
});

test('batches that a dead relay left open are sent again, each whole, as long as there is time', async () => {
  const ids = await insert(5);
  await appendPositions(databases.write, 1, ids.slice(0, 3));
  await appendPositions(databases.write, 4, ids.slice(3));
  const first = relayThat({
    answer: () => {
      first.end();
      return { refused: new Map() };
    },
  });
  expect(await first.run()).toBe(3);
  expect(first.seen.sent).toEqual([ids.slice(0, 3)]);
  const next = relayThat({ owner: 'the next one' });
  expect(await next.run()).toBe(2);
  expect(next.seen.sent).toEqual([ids.slice(3)]);
  expect(await positions().countDocuments({ open: true })).toBe(0);
});

test('what was refused is sent again when its pause is over, the oldest first, before what is new', async () => {
  const again = await insert(2, { next_attempt_at: new Date(0) });
  await insert(1, { next_attempt_at: new Date(Date.now() + anHour) });
  const ids = await insert(2);
  const { run, seen } = relayThat({ batchSize: 2 });
  expect(await run()).toBe(4);
  expect(seen.sent).toEqual([again, ids]);
});

test('no queue is tried while none can be reached, until the pause is over', async () => {
  await insert(12);
  const sentBy: number[] = [];
  const { run, seen } = relayThat({
    leaseMs: shortLeaseMs,
    answer: (one) => ({ refused: new Map(), unreachable: { ids: new Set(one), reason: 'away' } }),
    onAsk: (asked) => {
      sentBy[asked] = seen.sent.length;
      if (asked === 25) vi.advanceTimersByTime(2_000);
    },
  });
  expect(await run()).toBe(0);
  expect(sentBy[25]).toBeLessThanOrEqual(4);
  expect(sentBy[25]).toBe(sentBy[20]);
  expect(seen.sent.length).toBeGreaterThan(sentBy[25] ?? 0);
  expect(await pending()).toBe(12);
  expect(seen.restless).toBeLessThan(10);
});

test.each([
  ['is new', {}],
  ['was refused before', { next_attempt_at: new Date(0) }],
])('a relay stays awake after an event that %s, if only for one', async (_, fields) => {
  await insert(1, fields);
  const { run, seen } = relayThat({ idleMs: anHour });
  expect(await run()).toBe(1);
  expect(seen.asked).toBeGreaterThan(40);
});

test('a relay that has nothing to do waits for its alarm, which is off at its end', async () => {
  const client = new MongoClient(databases.writeUrl, { monitorCommands: true });
  const asked = { looks: 0, on: 0, off: 0 };
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find' && command['readConcern']?.level === 'snapshot') asked.looks += 1;
    if (commandName === 'aggregate' && command['pipeline']?.[0]?.$changeStream !== undefined) asked.on += 1;
    if (commandName === 'killCursors' && command['killCursors'] === eventsCollection) asked.off += 1;
  });
  const { run, end } = relayThat({
    db: client.db(databases.write.databaseName),
    asks: anHour,
    pollMs: anHour,
    onBatch: () => end(),
  });
  const relaying = run();
  await waitFor('its alarm to be on', () => asked.on === 1);
  await callsOfAnother();
  expect(asked.looks).toBeLessThan(4);
  await insert(1);
  expect(await relaying).toBe(1);
  await relayThat({ db: client.db(databases.write.databaseName) }).run();
  expect(asked).toMatchObject({ on: 2, off: 2 });
  await client.close();
});

test('a relay that sleeps when idle waits for the end of a lease that nobody renews: its holder may be dead', async () => {
  await insert(1);
  const { localTime } = await databases.write.command({ hello: 1 });
  const expires_at = new Date(localTime.getTime() + 500);
  await leases().insertOne({ _id: 'relay', owner: 'killed', expires_at });
  const { run, seen } = relayThat({ idleMs: 0, asks: 30 });
  expect(await run()).toBe(1);
  expect(seen.asked).toBeLessThan(20);
});

test('a relay that loses its lease ends no sooner than what it has under way', async () => {
  const ids = await insert(2);
  let isAgain = false;
  const { run, seen } = relayThat({
    asks: 60,
    answer: async ([id = '']) => {
      if (id === ids[0] && seen.sent.length === 1) {
        // Another relay gives the next position away.
        await positions().insertOne({ _id: 2, event_ids: ['another'] });
        await callsOfAnother();
      }
      if (seen.underWay > 1 && seen.sent.filter(([one]) => one === id).length > 1) isAgain = true;
      return { refused: new Map() };
    },
  });
  await run();
  expect([isAgain, await pending()]).toEqual([false, 0]);
});

test('a relay ends with the fault that it meets when it sends again', async () => {
  await insert(1, { next_attempt_at: new Date(0) });
  const answer = () => Promise.reject(new TypeError('a fault in the code'));
  await expect(relayThat({ answer }).run()).rejects.toThrow('a fault in the code');
});

test('a relay pauses while the database is away, and tells of each time that it goes', async () => {
  const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });
  let calls = 0;
  const isAway = () => calls <= 5 || (calls > 15 && calls <= 20);
  const { db } = instrument(async (call) => {
    calls += 1;
    if (isAway()) throw away;
    return call();
  });
  const outages: unknown[] = [];
  const onOutage = (error: unknown) => void outages.push(error);
  const { run, seen } = relayThat({ db: db(databases.write), onOutage, leftMs: 2, asks: 100 });
  await run();
  expect([outages, calls > 20]).toEqual([[away, away], true]);
  expect(seen.restless).toBeLessThan(10);
});
