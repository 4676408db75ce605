import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { action, actionKind, actionList } from '../../lib/platform/ops/schemas/actions.ts';
import { aggregate, mendAnswer } from '../../lib/platform/ops/schemas/aggregate.ts';
import { deadLetter, deadLetters } from '../../lib/platform/ops/schemas/dead-letters.ts';
import * as figures from '../../lib/platform/ops/schemas/figures.ts';
import { eventDetail, eventList, trace } from '../../lib/platform/ops/schemas/log.ts';
import { change, create, example, shown, type Written } from '../support/example.ts';
import { metricsOf, readMetrics } from '../support/metrics.ts';
import { useOwnSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const { subscription, streamType, projection } = example;
const system = useOwnSystem({ env: { MAX_ATTEMPTS: '2' }, quiet: false });
const documents = () =>
  system().read.collection<{ _id: string; [field: string]: unknown }>(example.collection);

const get = async <T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> => {
  const answer = await system().http.get(path);
  expect(answer.status, answer.text).toBe(200);
  return schema.parse(answer.object());
};

const createAs = (correlationId: string) => create(system().http, { 'x-correlation-id': correlationId });

const shownOnce = async (writing: Promise<Written>): Promise<Written> => {
  const written = await writing;
  await shown(system().http, written);
  return written;
};

const start = async (
  path: string,
  body: object,
): Promise<{ location: string; started: z.output<typeof action> }> => {
  const answer = await system().http.post(path, body);
  expect(answer.status, answer.text).toBe(202);
  return { location: answer.header('location') ?? '', started: action.parse(answer.object()) };
};

const ended = (location: string) =>
  waitFor(
    `${location} to end`,
    async () => {
      const found = await get(action, location);
      return !['requested', 'running', 'stopping'].includes(found.state) && found;
    },
    { timeoutMs: 40_000 },
  );

describe('what happened', () => {
  test('an event is in the log, at its subscribers, and in the trace of its request', async () => {
    const correlationId = `trace/${randomUUID()}`;
    const { id } = await shownOnce(createAs(correlationId));
    const path = `/ops/traces/${encodeURIComponent(correlationId)}`;
    const found = await waitFor('the whole trace', async () => {
      const seen = await get(trace, path);
      return seen.complete && seen.steps.some(({ step, at }) => step === 'applied' && at !== null) && seen;
    });
    expect(found.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['recorded', 'published', 'applied']),
    );
    expect(found.steps[0]).toMatchObject({ step: 'received', ms: 0, event_id: null });
    const event_id = found.steps.find(({ step }) => step === 'recorded')?.event_id;
    const event = await get(eventDetail, `/ops/events/${event_id}`);
    expect(event).toMatchObject({ stream_id: `${streamType}-${id}`, version: 1, type: example.createdType });
    expect(event.subscribers).toMatchObject([{ subscription, state: 'applied', attempts: 0, error: null }]);
    const log = await get(eventList, `/ops/events?order=desc&limit=5`);
    expect(log.items.map((one) => one.event_id)).toContain(event_id);
    const filtered = await get(eventList, `/ops/events?correlation_id=${encodeURIComponent(correlationId)}`);
    expect(filtered.items.map((one) => one.event_id)).toEqual([event_id]);
    expect(filtered.items[0]?.position).toBe(event.position);
  });

  test('the log is read page by page, either way, each event once', async () => {
    for (let at = 0; at < 5; at += 1) await shownOnce(create(system().http));
    const whole = await get(eventList, '/ops/events?limit=100');
    const positions = whole.items.map(({ position }) => position ?? 0);
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    for (const order of ['asc', 'desc'] as const) {
      const seen: number[] = [];
      let after = '';
      do {
        const page = await get(
          eventList,
          `/ops/events?stream_type=${streamType}&order=${order}&limit=2${after}`,
        );
        seen.push(...page.items.map(({ position }) => position ?? 0));
        after = page.next_cursor === null ? '' : `&after_position=${page.next_cursor}`;
      } while (after !== '');
      expect(seen).toEqual(order === 'asc' ? positions : positions.toReversed());
    }
  });

  test.each([
    ['/ops/events/nonsense', 404],
    ['/ops/traces/nonsense', 404],
    [`/ops/aggregates/${streamType}-nonsense`, 404],
    ['/ops/aggregates/nonsense', 404],
    ['/ops/actions/nonsense', 404],
    ['/dead-letters/nonsense', 404],
    ['/ops/events?limit=101', 400],
    ['/ops/events?order=sideways', 400],
    [`/ops/aggregates/${streamType}-1?version=0`, 400],
  ])('GET %s is %i', async (path, status) => {
    expect((await system().http.get(path)).status).toBe(status);
  });
});

describe('an aggregate', () => {
  test('is shown at each version, and a read document that was altered beside what it should be, until it is mended', async () => {
    const { id } = await create(system().http);
    await shownOnce(change(system().http, id));
    const path = `/ops/aggregates/${streamType}-${id}`;
    const last = await get(aggregate, path);
    expect(last).toMatchObject({ version: 2, last_version: 2, store: example.store });
    expect(last.documents).toContainEqual(
      expect.objectContaining({ projection, differing: [], error: null }),
    );
    const first = await get(aggregate, `${path}?version=1`);
    expect(first.version).toBe(1);
    expect(first.state).not.toEqual(last.state);

    const before = await documents().findOne({ _id: id });
    await documents().updateOne({ _id: id }, { $set: { schema_version: 77 } });
    const altered = (await get(aggregate, path)).documents.find((one) => one.projection === projection);
    expect(altered).toMatchObject({
      differing: ['schema_version'],
      stored: { schema_version: 77 },
      replayed: { schema_version: before?.['schema_version'] },
    });
    const answer = await system().http.post(`${path}/mend`);
    expect(answer.status, answer.text).toBe(200);
    const mended = mendAnswer.parse(answer.object());
    expect(mended.mended).toBe(1);
    for (const document of mended.documents) expect(document.differing).toEqual([]);
    expect(await documents().findOne({ _id: id })).toEqual(before);
    expect(await get(action, `/ops/actions/${mended.action_id}`)).toMatchObject({
      kind: 'mend',
      state: 'done',
    });
  });
});

describe('an action', () => {
  test('is on record with what it did, whichever way it was asked for', async () => {
    const { location, started } = await start('/ops/rebuilds', { projection });
    expect(location).toBe(`/ops/rebuilds/${started.id}`);
    expect(started).toMatchObject({ kind: 'rebuild', target: projection, by: 'anyone' });
    const done = await ended(location);
    expect(done).toMatchObject({ state: 'done', error: null, progress: { remaining_ms: 0 } });
    expect(done.progress.done).toBe(await documents().countDocuments());
    await system().invoke('rebuild', { projection, dry_run: true });
    const { items } = await get(actionList, '/ops/actions?limit=2');
    expect(items.map(({ kind, by }) => [kind, by])).toEqual([
      ['dry_run', 'sls invoke'],
      ['rebuild', 'anyone'],
    ]);
  });

  test('of each kind ends, and can be asked for again', async () => {
    const before = await get(actionList, '/ops/actions?limit=100');
    for (const _ of ['once', 'and again']) {
      const replay = await start('/ops/replays', { subscription, from: 1 });
      expect(await ended(replay.location)).toMatchObject({ state: 'done', kind: 'replay' });
      const reconcile = await start('/ops/reconcile', {});
      expect(await ended(reconcile.location)).toMatchObject({ state: 'done', kind: 'reconcile' });
      const redrive = await start('/ops/redrive', { subscription: 'relay' });
      expect(await ended(redrive.location)).toMatchObject({ state: 'done', kind: 'unpark' });
    }
    const after = await get(actionList, '/ops/actions?limit=100');
    expect(after.items.length - before.items.length).toBe(6);
  });

  test('has one answer, by whatever way it was asked for', async () => {
    for (const body of [{ projection, dry_run: true }, { dry_run: true }]) {
      const { result } = await ended((await start('/ops/rebuilds', body)).location);
      const invoked = await system().invoke('rebuild', body);
      const namesOf = (answer: unknown) => [answer].flat().map((one) => Object.keys(Object(one)).sort());
      expect(namesOf(result)).toEqual(namesOf(invoked));
      expect(Array.isArray(result)).toBe(Array.isArray(invoked));
    }
  });

  test('that is stopped says so, and one that has ended cannot be', async () => {
    const { location } = await start('/ops/rebuilds', { dry_run: true });
    await ended(location);
    expect((await system().http.call('DELETE', location)).status).toBe(409);
  });

  test.each([
    ['/ops/rebuilds', { projection: 'nonsense' }],
    ['/ops/replays', { subscription: 'nonsense' }],
    ['/ops/redrive', { subscription: '../' }],
    ['/ops/discard', { subscription }],
    ['/ops/discard', { subscription, reason: ' ' }],
    ['/ops/redrive', { subscription, event_ids: { $gt: '' } }],
  ])('POST %s with %j is refused, and leaves no record', async (path, body) => {
    const before = await system().read.collection('operator_actions').countDocuments();
    expect((await system().http.post(path, body)).status).toBe(400);
    expect(await system().read.collection('operator_actions').countDocuments()).toBe(before);
  });
});

const shell = async (script: string): Promise<string> => {
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const env = { PATH: path, HOME: system().dataDir, TANDEM_DATA_DIR: system().dataDir };
  return (await promisify(execFile)('sh', ['-c', script], { env })).stdout;
};

/** Runs a command as it is printed, but for `sls` itself, which takes seconds to start: what it is given is invoked. */
const asPrinted = async (command: string): Promise<unknown> => {
  const words = await shell(`npx() { printf '%s\\0' "$@"; }; ${command}`);
  const [program, verb, flag, name = '', data, json = '', ...more] = words.split('\0');
  expect([program, verb, flag, data, more]).toEqual(['sls', 'invoke', '-f', '--data', ['']]);
  return system().invoke(name, JSON.parse(json));
};

describe('the command that is shown beside an action', () => {
  test('does the same, as it stands there', async () => {
    const { id } = await shownOnce(create(system().http));
    const stream_id = `${streamType}-${id}`;
    await start('/ops/redrive', { subscription });
    await start('/ops/redrive', { subscription: 'relay' });
    await start('/ops/discard', { subscription, reason: "nobody's" });
    await start('/ops/rebuilds', { projection });
    await start('/ops/rebuilds', { projection, dry_run: true });
    await start('/ops/replays', { subscription, from: 1 });
    await start('/ops/reconcile', {});
    await system().http.post(`/ops/aggregates/${stream_id}/mend`);
    const { items } = await get(actionList, '/ops/actions?limit=8');
    expect(items.map(({ kind }) => kind).sort()).toEqual(actionKind.options.toSorted());
    for (const one of items) await ended(`/ops/actions/${one.id}`);
    for (const { command } of items) expect(await asPrinted(command)).toBeTypeOf('object');
    const again = await get(actionList, '/ops/actions?limit=8');
    const shownOf = ({ kind, target, input, command }: (typeof items)[number]) =>
      JSON.stringify({ kind, target, input, command });
    expect(again.items.every(({ by }) => by === 'sls invoke')).toBe(true);
    expect(again.items.map(shownOf).sort()).toEqual(items.map(shownOf).sort());
  });

  test('mends one aggregate', async () => {
    const { id } = await shownOnce(create(system().http));
    await documents().updateOne({ _id: id }, { $set: { schema_version: 77 } });
    const { invoke } = await get(figures.system, '/ops/system');
    const answer = await shell(`${invoke} -f mend --data '{"stream_id":"${streamType}-${id}"}'`);
    expect(mendAnswer.parse(JSON.parse(answer))).toMatchObject({ mended: 1 });
    expect((await documents().findOne({ _id: id }))?.['schema_version']).not.toBe(77);
  });

  test('stops what runs', async () => {
    const { started } = await start('/ops/rebuilds', { dry_run: true });
    await ended(`/ops/rebuilds/${started.id}`);
    // As it is when there is more to look at than this system has.
    await system()
      .read.collection<{ _id: string }>('operator_actions')
      .updateOne({ _id: started.id }, { $set: { state: 'running', heard_at: new Date() } });
    const { stop_command } = await get(action, `/ops/rebuilds/${started.id}`);
    expect(await asPrinted(stop_command ?? '')).toMatchObject({ id: started.id, state: 'stopping' });
    expect((await get(action, `/ops/rebuilds/${started.id}`)).stop_command).toBeNull();
  });
});

describe('a dead letter', () => {
  test('is behind, can be opened, is put back when its cause is gone, and is behind no more', async () => {
    const { id } = await shownOnce(create(system().http));
    const validator = { _id: { $ne: id } };
    await system().read.command({ collMod: example.collection, validator, validationLevel: 'strict' });
    await change(system().http, id);
    const behind = await waitFor(
      'it to be behind as a dead letter',
      async () => {
        const found = await metricsOf(system().http, subscription);
        return found.behind.dead === 1 && found;
      },
      { timeoutMs: 30_000 },
    );
    expect(behind).toMatchObject({ within_contract: false, behind: { events: 1 } });
    expect((await readMetrics(system().http)).within_contract).toBe(false);
    const { missing } = await get(aggregate, `/ops/aggregates/${streamType}-${id}`);
    expect(missing).toMatchObject([{ subscription, version: 2 }]);
    const event = await get(eventDetail, `/ops/events/${missing[0]?.event_id}`);
    expect(event.subscribers).toMatchObject([{ subscription, state: 'dead', attempts: 2, max_attempts: 2 }]);
    const { groups } = await get(deadLetters, '/dead-letters');
    const letters = groups.flatMap((group) => group.letters);
    expect(letters.map(({ event_id }) => event_id)).toEqual([event.event_id]);
    const letter = await get(deadLetter, `/dead-letters/${letters[0]?.id}`);
    expect(letter).toMatchObject({ dead: true, subscription, event_id: event.event_id });
    expect(JSON.parse(letter.body)).toMatchObject({ event_id: event.event_id, version: 2 });
    expect(event.subscribers[0]?.dead_letter_id).toBe(letter.id);

    await system().read.command({ collMod: example.collection, validator: {} });
    const { location } = await start('/ops/redrive', { subscription, fingerprint: letter.fingerprint });
    expect(await ended(location)).toMatchObject({ state: 'done', result: { redriven: 1 } });
    await shown(system().http, { id, version: 2 });
    await waitFor(
      'the contract to hold again',
      async () => (await readMetrics(system().http)).within_contract,
    );
    expect((await get(deadLetters, '/dead-letters')).groups).toEqual([]);
  });
});

test('the system says what it is made of, and its figures in the shape that is promised', async () => {
  const { domains } = await get(figures.system, '/ops/system');
  expect(domains.map(({ name }) => name)).toContain(example.name);
  const { relay, reconcile } = await readMetrics(system().http);
  expect(relay.state).not.toBe('silent');
  expect(reconcile.state).toBe('awake');
});
