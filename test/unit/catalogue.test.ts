// lib/core/domains/catalogue.ts: the domains together.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../lib/core/domains/catalogue.ts';
import type { Domain, Stream } from '../../lib/core/domains/domain.ts';
import { catalogue } from '../../lib/domains.ts';
import { settingsFrom } from '../../lib/platform/settings.ts';
import { counterDecider, counterEvents, counterModel, counterState } from '../support/counter.ts';

const first = catalogue.all[0] as Domain;
const counter: Stream = {
  type: 'Counter',
  eventTypes: counterEvents,
  evolution: counterDecider,
  store: 'state',
  state: counterState,
  commandLog: 'count_log',
};
const counting: Domain = {
  name: 'counting',
  streams: [counter],
  readModels: [counterModel],
  subscribers: [],
};
const another: Stream = { type: 'Another', eventTypes: {}, evolution: counterDecider, store: 'events' };
const ofAnother = { ...counterModel.projection, streamType: 'Another' };
const other: Domain = { name: 'other', streams: [another], readModels: [], subscribers: [] };
/** Nothing is asked of it. */
const noDb = { collection: () => ({}) } as never;

describe('the catalogue', () => {
  test('knows who hears of an event, and no one who does not', () => {
    for (const { name, hears } of catalogue.subscribers)
      for (const type of hears) expect(catalogue.subscriptionsOf(type)).toContain(name);
    expect(catalogue.subscriptionsOf('NothingOfTheKind')).toEqual([]);
  });

  test('names what there is to whoever asks for what there is not', () => {
    expect(() => catalogue.subscriber('nobody')).toThrow(/There is no subscription nobody; there are: \w/);
    expect(() => catalogue.requireQueue('nobody')).toThrow(/There is no subscription nobody; there are: \w/);
  });

  test('sends an event that it does not know of to those who hear of all that it knows of the stream', () => {
    const [stream] = counting.streams;
    const known = Object.keys(stream?.eventTypes ?? {});
    const subscriber = (name: string, hears: string[]) => ({
      name,
      hears,
      create: () => expect.unreachable(),
    });
    const { subscriptionsOf, queueNames } = createCatalogue([
      { ...counting, subscribers: [subscriber('all', known), subscriber('some', known.slice(1))] },
    ]);
    expect(queueNames).toEqual(['all', 'some']);
    expect(known.map((type) => subscriptionsOf(type, 'Counter'))).toEqual([['all'], ['all', 'some']]);
    expect(subscriptionsOf('CountedTwice', 'Counter')).toEqual(['all']);
    expect([subscriptionsOf('CountedTwice', 'Other'), subscriptionsOf('CountedTwice')]).toEqual([[], []]);
    const deaf = createCatalogue([{ ...counting, subscribers: [subscriber('none', [])] }]);
    expect(deaf.subscriptionsOf('Counted', 'Counter')).toEqual([]);
  });

  test.each<[string, Partial<Domain>]>([
    ['the stream', { streams: [{ ...another, type: 'Counter' }] }],
    ['the event', { streams: [{ ...another, eventTypes: counterEvents }] }],
    ['the read model', { readModels: [{ ...counterModel, collection: 'other', projection: ofAnother }] }],
    ['the collection', { readModels: [{ ...counterModel, projection: { ...ofAnother, name: 'other' } }] }],
    ['the queue', { commandQueues: ['counting'] }],
  ])('refuses two domains that have one name for %s', (what, fields) => {
    const one = { ...counting, commandQueues: ['counting'] };
    const message = new RegExp(`^Two domains have ${what} \\S+: give one of the two another name$`);
    expect(() => createCatalogue([one, { ...other, ...fields }])).toThrow(message);
    expect(createCatalogue([one, other]).all).toHaveLength(2);
  });

  test('lists what there is of all domains, and opens the read model that is asked for', () => {
    const domains = [{ ...counting, commandQueues: ['counts'] }];
    const { stateStoredTypes, commandLogs, queueNames, requireQueue, requireProjection, openReadModels } =
      createCatalogue([...domains, other]);
    expect([stateStoredTypes, commandLogs, queueNames]).toEqual([['Counter'], ['count_log'], ['counts']]);
    expect([requireQueue('counts'), requireProjection('counters')]).toEqual(['counts', 'counters']);
    expect(() => requireProjection('never')).toThrow('There is no projection never; there are: counters');
    const ground = { writeDb: noDb, readDb: noDb, settings: settingsFrom({}) };
    const opened = (name?: string) => openReadModels(ground, name).map(({ projection }) => projection.name);
    expect([opened(), opened('counters')]).toEqual([['counters'], ['counters']]);
    expect(() => opened('never')).toThrow('There is no projection never; there are: counters');
  });

  test('refuses a read model whose stream is not in the manifest', () => {
    expect(() => createCatalogue([{ ...first, streams: [] }])).toThrow(/which is not among its streams/);
  });

  test('refuses a projector whose read models are not in the manifest', () => {
    expect(() => createCatalogue([{ ...first, readModels: [] }])).toThrow(
      /which is not among its read models/,
    );
  });
});

test.each(catalogue.all.map(({ name }) => name))('%s goes through the survival tests', (name) => {
  expect(existsSync(`test/support/domains/${name}.ts`), `write test/support/domains/${name}.ts`).toBe(true);
});
