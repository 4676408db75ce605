import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { change, create, example, shown } from '../support/example.ts';
import { metricsOf, readMetrics } from '../support/metrics.ts';
import { reconciled } from '../support/reconciled.ts';
import { useOwnSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const { subscription, streamType, projection, collection } = example;
const attempts = 3;
// Not quiet: functions are made to throw here, which the local gateway prints.
const system = useOwnSystem({ env: { MAX_ATTEMPTS: String(attempts) }, quiet: false });

const readModel = () => system().read.collection<{ _id: string; [field: string]: unknown }>(collection);
const rows = () => readModel().find().sort({ _id: 1 }).toArray();
const rebuild = (payload: object) => system().invoke('rebuild', payload);
const whole = { projection, done: true, duration_ms: expect.any(Number) };

/** Makes the read database refuse one document, as a broken projection would. */
const refuseInReadModel = async (condition: object): Promise<void> => {
  await system().read.command({ collMod: collection, validator: condition, validationLevel: 'strict' });
};

/** Creates some, and waits until the read model has each. */
const createShown = async (count: number): Promise<string[]> => {
  const made = await Promise.all(Array.from({ length: count }, () => create(system().http)));
  for (const one of made) await shown(system().http, one);
  return made.map(({ id }) => id);
};

describe('a poison message', () => {
  const forged = {
    event_id: randomUUID(),
    stream_id: `${streamType}-${randomUUID()}`,
    stream_type: streamType,
    version: 1,
    type: example.createdType,
    schema_version: 1,
    data: { $gt: '' },
    metadata: { command_id: 'x', correlation_id: 'forged-1', causation_id: 'x' },
    recorded_at: new Date(0).toISOString(),
  };
  const poisons = [
    ['that is not JSON', 'not { json'],
    ['that is an empty object', '{}'],
    ['that is null', 'null'],
    ['of an unknown event type', JSON.stringify({ ...forged, type: `${streamType}Exploded` })],
    ['of a version of the schema that is not known yet', JSON.stringify({ ...forged, schema_version: 99 })],
    ['with forged data', JSON.stringify(forged)],
    [
      'of a stream that is not its own',
      JSON.stringify({ ...forged, stream_type: 'Elsewhere', stream_id: 'Elsewhere-1' }),
    ],
  ] as const;

  test.each(poisons)(
    '%s is a dead letter after exactly MAX_ATTEMPTS, and holds nothing up',
    async (_what, body) => {
      const queue = await system().queue(subscription);
      const deadLetters = await system().queue(`${subscription}-dlq`);
      const before = await deadLetters.depth();
      const messageId = await queue.send(body);
      await createShown(1);
      await waitFor('the dead letter', async () => (await deadLetters.depth()) === before + 1, {
        timeoutMs: 30_000,
      });
      expect(await queue.depth()).toBe(0);
      const kept = await system().read.collection('dead_letters').findOne({ message_id: messageId });
      expect(kept).toMatchObject({
        subscription,
        attempts,
        dead: true,
        error: { message: expect.stringMatching(/./) },
      });
      await waitFor(
        'it in /metrics',
        async () => (await metricsOf(system().http, subscription)).dead_letters === before + 1,
      );
    },
  );

  test('is a dead letter again when it is put back', async () => {
    const deadLetters = await system().queue(`${subscription}-dlq`);
    const before = await deadLetters.depth();
    expect(before).toBeGreaterThan(0);
    const answer = await system().invoke('redrive', { subscription });
    expect(answer).toMatchObject({ redriven: before });
    await waitFor('them back', async () => (await deadLetters.depth()) === before, { timeoutMs: 30_000 });
    expect(
      await readModel().countDocuments({
        _id: { $in: ['1', forged.stream_id.slice(streamType.length + 1)] },
      }),
    ).toBe(0);
  });
});

describe('a document that the read database refuses', () => {
  afterEach(() => refuseInReadModel({}));

  test('waits as a dead letter, while others go on, and heals by redrive', async () => {
    const [id = ''] = await createShown(1);
    const deadLetters = await system().queue(`${subscription}-dlq`);
    const before = await deadLetters.depth();
    await refuseInReadModel({ _id: { $ne: id } });
    await change(system().http, id);
    await createShown(9);
    await waitFor('the dead letter', async () => (await deadLetters.depth()) === before + 1, {
      timeoutMs: 30_000,
    });
    expect(await readModel().findOne({ _id: id })).toMatchObject({ version: 1 });
    await refuseInReadModel({});
    await system().invoke('redrive', { subscription });
    await shown(system().http, { id, version: 2 });
    expect(await readModel().findOne({ _id: id })).toMatchObject({ version: 2 });
  });

  test('is found and put right by reconcile when the queue is purged', async () => {
    const [id = ''] = await createShown(1);
    const queue = await system().queue(subscription);
    await refuseInReadModel({ _id: { $ne: id } });
    const written = await change(system().http, id, { 'x-correlation-id': `purge-${id}` });
    expect(written).toEqual({ id, version: 2 });
    await waitFor('the first failure', () =>
      system()
        .read.collection('dead_letters')
        .findOne({ correlation_id: `purge-${id}` }),
    );
    await queue.purge();
    expect(await queue.depth()).toBe(0);
    expect(await readModel().findOne({ _id: id })).toMatchObject({ version: 1 });
    await refuseInReadModel({});
    await waitFor(
      'reconcile to put it right',
      async () => {
        await system().invoke('reconcile');
        return await readModel().findOne({ _id: id, version: 2 });
      },
      { timeoutMs: 45_000, everyMs: 500 },
    );
  });
});

describe('rebuild', () => {
  beforeAll(async () => {
    await createShown(20);
    await reconciled(system());
  });

  test('makes a dropped read model whole again, as it was', async () => {
    const before = await rows();
    await readModel().drop();
    const answer = await rebuild({ projection });
    expect(answer).toMatchObject({ ...whole, scanned: before.length, written: before.length, removed: 0 });
    expect(await rows()).toEqual(before);
  });

  test('changes nothing if nothing drifted', async () => {
    const before = await rows();
    expect(await rebuild({ projection })).toMatchObject({ ...whole, written: 0, removed: 0 });
    expect(await rows()).toEqual(before);
  });

  test('reports drift without mending it, and then mends it', async () => {
    const before = await rows();
    const [altered = '', deleted = ''] = before.map((row) => row._id);
    await readModel().updateOne({ _id: altered }, { $set: { updated_at: new Date(0) } });
    await readModel().deleteOne({ _id: deleted });
    await readModel().insertOne({ _id: randomUUID(), version: 1 });
    const drifted = await rows();
    const report = await rebuild({ projection, dry_run: true });
    expect(report).toMatchObject({ ...whole, dry_run: true, altered: 1, missing: 1, surplus: 1 });
    expect(await rows()).toEqual(drifted);
    expect(await rebuild({ projection })).toMatchObject({ ...whole, written: 2, removed: 1 });
    expect(await rows()).toEqual(before);
  });

  test('looks at everything again after a rebuild that was done', async () => {
    for (let round = 0; round < 40; round += 1) {
      const lost = await readModel().find().project<{ _id: string }>({ _id: 1 }).toArray();
      const ids = lost.map((row) => row._id);
      await readModel().deleteMany({ _id: { $in: ids } });
      expect(await rebuild({ projection })).toMatchObject({ ...whole, written: ids.length });
    }
  });

  test('lets readers see every document while it runs', async () => {
    const count = await readModel().countDocuments();
    let running = true;
    const rebuilt = rebuild({ projection }).finally(() => {
      running = false;
    });
    while (running) expect(await readModel().countDocuments()).toBe(count);
    expect(await rebuilt).toMatchObject(whole);
  });

  test('refuses a name that is no read model', async () => {
    const answer = await rebuild({ projection: 'nonsense' }).catch((error: unknown) => String(error));
    expect(JSON.stringify(answer)).toMatch(/nonsense|projection/i);
  });
});

describe('/metrics', () => {
  test('counts what is owed, what is dead and the lag, as JSON', async () => {
    await createShown(1);
    const settled = await waitFor('the queue to be empty', async () => {
      const found = await metricsOf(system().http, subscription);
      return found.waiting === 0 && found.in_flight === 0 && found;
    });
    expect(settled.lag.count).toBeGreaterThan(0);
    expect(settled.lag.p50_ms).toBeLessThanOrEqual(settled.lag.p99_ms);
    expect((await readMetrics(system().http)).backlog).toEqual({
      pending: 0,
      oldest_pending_ms: 0,
      parked: 0,
    });
  });

  test('speaks Prometheus if it is asked to', async () => {
    const answer = await system().http.get('/metrics', { accept: 'text/plain; version=0.0.4' });
    expect(answer.header('content-type')).toMatch(/^text\/plain/);
    const samples = answer.text.split('\n').filter((line) => line && !line.startsWith('#'));
    for (const line of samples)
      expect(line).toMatch(/^[a-z_:][a-z0-9_:]*(\{[^}]*\})? [-+0-9.eE]+$|NaN$|Inf$/);
    expect(answer.text).toMatch(/^# TYPE tandem_\w+ (gauge|counter|summary|histogram)$/m);
    expect(answer.text).toContain(`="${subscription}"`);
  });

  test('speaks JSON to who likes it as much, as most programs do', async () => {
    const answer = await system().http.get('/metrics', { accept: 'application/json, text/plain, */*' });
    expect(answer.header('content-type')).toMatch(/^application\/json/);
    expect(answer.header('vary')).toMatch(/accept/);
  });
});

describe('/health', () => {
  test('names each dependency and its time', async () => {
    const answer = await system().http.get('/health');
    expect(answer.status).toBe(200);
    const names = ['write_database', 'read_database', 'queue'];
    const dependencies = names.map((name) => ({ name, ok: true, duration_ms: expect.any(Number) }));
    expect(answer.object()).toEqual({ status: 'ok', dependencies });
  });
});

describe('a direct invoke', () => {
  test.each(['rebuild', 'redrive', 'reconcile', example.functions.projector])(
    'of %s with nonsense harms nothing',
    async (name) => {
      const before = await system().write.collection('events').countDocuments();
      await system()
        .invoke(name, { projection: '$where', subscription: '../', Records: 5 })
        .catch(() => undefined);
      expect(process.kill(system().state.pid, 0)).toBe(true);
      expect(await system().write.collection('events').countDocuments()).toBe(before);
      await createShown(1);
    },
  );
});

describe('the log of all that', () => {
  interface Line {
    [field: string]: unknown;
  }
  const lines = (): Line[] =>
    system()
      .log.split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line));

  test('has the correlation id on every line about an event or a request, the metrics of every function, and the projection of a rebuild', async () => {
    const invoke = (name: string, payload: object = {}) => system().invoke(name, payload);
    await create(system().http, { 'x-correlation-id': 'told-in-the-log' });
    await rebuild({ projection });
    await invoke('redrive', { subscription });
    await invoke('replay', { subscription, from: 0 });
    await invoke('discard', { subscription, reason: 'none is left' });
    await invoke('ensureIndexes');
    await invoke('reconcile');
    const { commands, queries, projector } = example.functions;
    const machine = ['relay', 'reconcile', 'rebuild', 'redrive', 'replay', 'discard', 'ensureIndexes'];
    const measured = () => new Set(lines().map((line) => '_aws' in line && line['function']));
    for (const name of [...machine, commands, queries, projector])
      await waitFor(`metrics of ${name}`, () => [...measured()].some((one) => String(one).endsWith(name)));
    const about = lines().filter((line) => 'event_id' in line || 'route' in line);
    expect(about.filter((line) => !line['correlation_id'])).toEqual([]);
    expect(about.map((line) => line['correlation_id'])).toContain('told-in-the-log');
    // What failed and what was healed above.
    const messages = new Set(about.map(({ message }) => message));
    expect(messages).toContain('not applied');
    expect(messages).toContain('healed');
    const rebuilt = lines().filter(({ message }) => message === 'read model rebuilt');
    expect(rebuilt.map((line) => line['projection'])).toContain(projection);
    for (const line of rebuilt) expect(line['projection']).toEqual(expect.any(String));
  });
});
