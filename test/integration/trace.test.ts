import { beforeAll, expect, test } from 'vitest';
import { recordDiscarded } from '../../lib/core/dead-letters/discarded.ts';
import { recordFailures } from '../../lib/core/dead-letters/records.ts';
import type { EventRow } from '../../lib/core/events.ts';
import { effectsCollection, recordEffects } from '../../lib/core/ops/effects.ts';
import { findPlaces } from '../../lib/core/ops/places.ts';
import { findTrace } from '../../lib/core/ops/trace.ts';
import type { Subscriber } from '../../lib/core/projection/subscriber.ts';
import { eventRows } from '../../lib/core/stores/event-rows.ts';
import { useDatabases } from '../support/database.ts';

const databases = useDatabases();
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

const row = (_id: string, second: number, fields: Partial<EventRow> = {}): EventRow => ({
  _id,
  stream_id: 'Any-1',
  stream_type: 'Any',
  version: second,
  type: 'Happened',
  schema_version: 1,
  data: {},
  metadata: { command_id: `c-${_id}`, correlation_id: 'whole', causation_id: 'c', requested_at: at(0) },
  recorded_at: at(second),
  ...fields,
});
const published = { published_at: at(20) };
const about = (correlation_id: string, more: object = { requested_at: at(0) }): Partial<EventRow> => ({
  stream_id: `Any-${Math.random()}`,
  metadata: { command_id: 'c', correlation_id, causation_id: 'c', ...more },
});

/** Has had what is `applied`, and nothing else. */
const subscriber = (name: string, applied: string[]): Subscriber => ({
  name,
  apply: () => Promise.reject(new Error('nobody asks')),
  findMissing: async (events) => events.filter(({ event_id }) => !applied.includes(event_id)),
});
const subscribers = [
  { subscriber: subscriber('one', ['applied', 'fine']), hears: ['Happened'] },
  { subscriber: subscriber('deaf', []), hears: ['Other'] },
];
const trace = (correlationId: string) =>
  findTrace({ writeDb: databases.write, readDb: databases.read, subscribers }, correlationId);

const failure = (eventId: string, dead: boolean) => ({
  messageId: `m-${eventId}`,
  eventId,
  correlationId: 'whole',
  body: '{}',
  attempts: dead ? 5 : 2,
  dead,
  error: new TypeError(`${eventId} is bad`),
});

beforeAll(async () => {
  const merged = { merged_commands: [{ command_id: 'm', correlation_id: 'merged' }] };
  await eventRows(databases.write).insertMany([
    row('applied', 1, published),
    row('queued', 2, published),
    row('retrying', 3, published),
    row('dead', 4, published),
    row('discarded', 5, published),
    row('pending', 6, { pending: true, error: 'queue: away', attempts: 1 }),
    row('parked', 7, { parked_at: at(30), error: 'one: refused', attempts: 5 }),
    ...Array.from({ length: 201 }, (_, n) => row(`many-${n}`, 9, about(n < 200 ? 'many' : 'more'))),
    row('fine', 10, { ...published, ...about('fine', {}) }),
    row('of-others', 8, {
      metadata: { ...row('of-others', 8).metadata, correlation_id: 'other', ...merged },
    }),
  ]);
  await databases.read
    .collection(effectsCollection)
    .insertOne({ subscription: 'one', at: at(22), effects: [{ event_id: 'applied', at: at(21) }] });
  // It came again.
  await recordEffects(databases.read, 'one', [{ event_id: 'applied', at: at(40) }]);
  const failures = [failure('retrying', false), failure('dead', true), failure('a-command', true)];
  await recordFailures(databases.read, 'one', failures);
  const letter = { messageId: 'm', eventId: 'discarded', body: '{}' };
  await recordDiscarded(databases.read, 'one', [letter], 'by hand');
});

test('a trace says of each event where it is, for who hears of it', async () => {
  const found = await trace('whole');
  const of = (event_id: string | null) =>
    found?.steps.flatMap((one) =>
      one.event_id === event_id && one.subscription === 'one' ? [[one.step, one.error]] : [],
    );
  expect(found).toMatchObject({ started_at: at(0), complete: false, cut: false });
  expect(of('applied')).toEqual([['applied', null]]);
  expect(of('queued')).toEqual([['owed', null]]);
  expect(of('retrying')).toEqual([
    ['retrying', 'retrying is bad'],
    ['owed', 'retrying is bad'],
  ]);
  expect(of('dead')).toEqual([['dead', 'dead is bad']]);
  expect(of('discarded')).toEqual([['dead', 'by hand']]);
  expect(of('pending')).toEqual([['owed', 'queue: away']]);
  expect(of('parked')).toEqual([['owed', 'one: refused']]);
  expect(of(null)).toEqual([['dead', 'a-command is bad']]);
  expect(found?.steps.some(({ subscription }) => subscription === 'deaf')).toBe(false);
});

test('a trace goes from what was received to what is owed, and has each event recorded once', async () => {
  const steps = (await trace('whole'))?.steps ?? [];
  const times = steps.map((one) => one.at?.getTime() ?? Number.MAX_SAFE_INTEGER);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(steps[0]).toMatchObject({ step: 'received', at: at(0) });
  const count = (step: string) => steps.filter((one) => one.step === step).length;
  expect(['received', 'recorded', 'published', 'parked'].map(count)).toEqual([7, 7, 5, 1]);
  expect(steps.find(({ step }) => step === 'parked')).toMatchObject({ at: at(30), error: 'one: refused' });
});

test('an event that stands for several requests is in the trace of each; of another request nothing is known', async () => {
  expect((await trace('merged'))?.steps.map(({ event_id, step }) => [event_id, step])).toContainEqual([
    'of-others',
    'recorded',
  ]);
  expect(await trace('unknown')).toBeUndefined();
});

test('a trace is complete when all of it has taken effect, and cut when there is more than it shows', async () => {
  expect(await trace('fine')).toMatchObject({ started_at: at(10), complete: true, cut: false });
  expect((await trace('fine'))?.steps.map(({ step, at: time }) => [step, time])).toEqual([
    ['recorded', at(10)],
    ['published', at(20)],
    ['applied', null],
  ]);
  expect(await trace('many')).toMatchObject({ complete: false, cut: false });
  await eventRows(databases.write).updateOne(
    { _id: 'many-200' },
    { $set: { 'metadata.correlation_id': 'many' } },
  );
  const cut = await trace('many');
  expect(cut?.cut).toBe(true);
  expect(cut?.steps.filter(({ step }) => step === 'recorded')).toHaveLength(200);
});

test('the place of an event says how often it failed, when and why, and when it took effect first', async () => {
  const rows = await eventRows(databases.write)
    .find({ 'metadata.correlation_id': 'whole' })
    .sort({ version: 1 })
    .toArray();
  const places = await findPlaces({ readDb: databases.read, subscribers }, rows.toReversed());
  const none = {
    subscription: 'one',
    attempts: 0,
    error: null,
    letter_id: null,
    applied_at: null,
    failed_at: null,
  };
  const time = expect.any(Date);
  const broken = (name: string, message: string) => expect.objectContaining({ name, message });
  const expected = [
    { event_id: 'applied', state: 'applied', applied_at: at(21) },
    { event_id: 'queued', state: 'queued' },
    { event_id: 'retrying', state: 'retrying', attempts: 2, letter_id: 'one/retrying' },
    { event_id: 'dead', state: 'dead', attempts: 5, letter_id: 'one/dead' },
    { event_id: 'discarded', state: 'discarded', failed_at: time, error: broken('Discarded', 'by hand') },
    { event_id: 'pending', state: 'pending', attempts: 1, error: broken('NotSent', 'queue: away') },
    {
      event_id: 'parked',
      state: 'parked',
      attempts: 5,
      failed_at: at(30),
      error: broken('NotSent', 'one: refused'),
    },
  ].map((one) => ({
    ...none,
    ...(one.letter_id === undefined
      ? {}
      : { failed_at: time, error: broken('TypeError', `${one.event_id} is bad`) }),
    ...one,
  }));
  expect(places).toEqual(expected.toReversed());
});

test('the places of several events are told event by event, each at all who hear of it', async () => {
  const rows = [row('dead', 4, published), row('queued', 2, published)];
  const both = ['one', 'two'].map((name) => ({ subscriber: subscriber(name, []), hears: ['Happened'] }));
  const places = await findPlaces({ readDb: databases.read, subscribers: both }, rows);
  expect(places.map(({ event_id, subscription }) => `${event_id} at ${subscription}`)).toEqual([
    'dead at one',
    'dead at two',
    'queued at one',
    'queued at two',
  ]);
});
