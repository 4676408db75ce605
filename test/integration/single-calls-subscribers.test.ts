// Every call of every subscriber, failing alone in each way, and with another writer passing beside it.
// Source: lib/core/projection.
import { setTimeout as wait } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUnavailable } from '../../lib/core/driver-errors.ts';
import { fromRow, type RecordedEvent } from '../../lib/core/events.ts';
import { applyEvents } from '../../lib/core/projection/subscriber.ts';
import { catalogue } from '../../lib/domains.ts';
import { useDatabases } from '../support/database.ts';
import { subscribers } from '../support/domains.ts';
import { openSubscriber } from '../support/open.ts';
import { runSeed } from '../support/random.ts';
import { allRows } from '../support/replay.ts';
import { play, refusedOrDone, sampleScenario } from '../support/scenario.ts';
import { atEachCall, type Meets, outages, passes, refusals } from '../support/single-calls.ts';
import { clear, createWorld, keep, newContext } from '../support/world.ts';

const databases = useDatabases();
const seed = runSeed('single calls of subscribers');

beforeAll(() => catalogue.ensureIndexes(databases.write, databases.read));

describe.each(subscribers)('$name', (domain) => {
  const definition = catalogue.subscriber(domain.name);
  let events: RecordedEvent[];
  /** What it has applied before: half of each aggregate's events, so that there are gaps, duplicates and old documents. */
  let earlier: RecordedEvent[];
  let whole: Document;

  const open = () => openSubscriber(definition, databases.write, databases.read);

  const heard = async (): Promise<RecordedEvent[]> =>
    (await allRows(databases.write)).map(fromRow).filter(({ type }) => definition.hears.includes(type));

  /** All that is in the read database, without times of our own. */
  const contents = async (): Promise<Document> => {
    const names = (await databases.read.listCollections({}, { nameOnly: true }).toArray()).map(
      ({ name }) => name,
    );
    const all = names.sort().map(async (name) => {
      const documents = await databases.read.collection(name).find().sort({ _id: 1 }).toArray();
      return [name, documents] as const;
    });
    return Object.fromEntries((await Promise.all(all)).filter(([, documents]) => documents.length > 0));
  };

  const emptyReadSide = async (): Promise<void> => {
    for (const { name } of await databases.read
      .listCollections({ type: 'collection' }, { nameOnly: true })
      .toArray())
      await databases.read.collection(name).deleteMany({});
  };

  /** The subscriber as it was after the earlier events. */
  const given = async (): Promise<void> => {
    await emptyReadSide();
    await applyEvents(open(), earlier);
  };

  beforeAll(async () => {
    await clear(createWorld(domain, databases.write, databases.read));
    await play(createWorld(domain, databases.write, databases.read), sampleScenario(domain, seed, [4, 10]));
    events = await heard();
    const ids = [...new Set(events.map(({ stream_id }) => stream_id))];
    earlier = events.filter(
      ({ stream_id, version }) => version % 2 === 1 && ids.indexOf(stream_id) % 2 === 0,
    );
    await emptyReadSide();
    await applyEvents(open(), events);
    whole = await contents();
  });

  const applyWith = (
    meets: Meets,
    check: (
      outcome: PromiseSettledResult<Awaited<ReturnType<typeof applyEvents>>>,
      at: number,
    ) => Promise<void>,
  ) =>
    atEachCall(meets, async (seam, at) => {
      await given();
      const chosen = openSubscriber(definition, seam.db(databases.write), seam.db(databases.read));
      const [outcome] = await Promise.allSettled([applyEvents(chosen, events)]);
      if (outcome !== undefined) await check(outcome, at);
    });

  /** What was acknowledged is in effect, and what was not comes again. */
  const expectKept = async (acknowledged: RecordedEvent[], what: string): Promise<void> => {
    expect(await open().findMissing(acknowledged), what).toEqual([]);
    const known = new Set(acknowledged.map(({ event_id }) => event_id));
    await applyEvents(
      open(),
      events.filter(({ event_id }) => !known.has(event_id)),
    );
    expect(await contents(), what).toEqual(whole);
  };

  test.each(Object.entries(outages))(
    'loses nothing by a call %s, and blames no message for it',
    async (_how, meets) => {
      const calls = await applyWith(meets, async (outcome, at) => {
        const what = `call ${at}`;
        if (outcome.status === 'rejected') expect(isUnavailable(outcome.reason), what).toBe(true);
        else expect([...outcome.value.failures], what).toEqual([]);
        await expectKept(outcome.status === 'fulfilled' ? events : [], what);
      });
      expect(calls).toBeGreaterThan(0);
    },
  );

  test.each(Object.entries(refusals))(
    'acknowledges nothing that was not done because of a call %s',
    async (_how, meets) => {
      await applyWith(meets, async (outcome, at) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        const { failures } = outcome.value;
        await expectKept(
          events.filter(({ event_id }) => !failures.has(event_id)),
          `call ${at}`,
        );
      });
    },
  );

  describe('keeps what is newer when, beside any of its calls, aggregates change and another projector shows that,', () => {
    type Other = (apply: () => Promise<unknown>) => Promise<unknown>;

    const besideEachCall = async (client: MongoClient, show: Other): Promise<void> => {
      const world = createWorld(domain, databases.write, databases.read);
      await clear(world);
      const send = domain.commands(databases.write);
      const { creates, changes } = sampleScenario(domain, seed + 1, [2, 8]);
      const ids: string[] = [];
      for (const wish of creates) ids.push((await send(wish, undefined, newContext())).id);
      const change = async (wishes: typeof changes): Promise<void> => {
        for (const { at, wish } of wishes) await refusedOrDone(send(wish, ids[at], newContext()));
      };
      await change(changes.slice(0, 4));
      const restore = await keep(world);
      const known = await heard();
      let showing: Promise<unknown> = Promise.resolve();
      const other = async (): Promise<void> => {
        await change(changes.slice(4));
        const all = await heard();
        const apply = () => {
          showing = applyEvents(open(), all).then(({ failures }) => expect([...failures]).toEqual([]));
          return showing;
        };
        await show(apply);
      };
      await atEachCall(passes(other), async (seam, at) => {
        await restore();
        const slow = openSubscriber(definition, seam.db(databases.write), seam.db(client.db()));
        const { failures } = await applyEvents(slow, known);
        await showing;
        const what = `call ${at}`;
        expect([...failures], what).toEqual([]);
        const shown = await contents();
        await emptyReadSide();
        await applyEvents(open(), await heard());
        expect(shown, what).toEqual(await contents());
      });
    };

    const appName = `slow ${domain.name}`;
    let client: MongoClient;
    beforeAll(async () => {
      client = await MongoClient.connect(databases.readUrl, { appName });
    });
    afterAll(() => client.close());

    test('or waits for what this one has locked', async () => {
      // Who waits for this one is not waited for in turn.
      await besideEachCall(client, (apply) => Promise.race([apply(), wait(500)]));
    });

    test('once the server has given up what this one had begun', async () => {
      const admin = databases.read.client.db('admin');
      await besideEachCall(client, async (apply) => {
        const idle = [
          { $currentOp: { idleSessions: true } },
          { $match: { appName, lsid: { $exists: true } } },
        ];
        const sessions = await admin.aggregate(idle).toArray();
        if (sessions.length > 0)
          await admin.command({ killSessions: sessions.map(({ lsid }) => ({ id: lsid.id })) });
        await apply();
      });
    });
  });
});
