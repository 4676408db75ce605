// Source: lib/core/observe/behind.ts.
import { expect, test } from 'vitest';
import { addBehind, ageOf, isWithin, nothing, placeOf } from '../../lib/core/observe/behind.ts';
import type { KeyRow } from '../../lib/core/stores/event-rows.ts';

test('of several subscriptions the events add up, and the oldest of all is the oldest', () => {
  const one = {
    events: 15,
    oldest_ms: 70,
    at_least: false,
    pending: 1,
    parked: 2,
    dead: 3,
    retrying: 4,
    waiting: 5,
  };
  const other = {
    events: 50,
    oldest_ms: 60,
    at_least: true,
    pending: 8,
    parked: 9,
    dead: 10,
    retrying: 11,
    waiting: 12,
  };
  const sum = addBehind([
    { ...one, oldest_waiting_ms: 20 },
    { ...other, oldest_waiting_ms: 30 },
  ]);
  expect(sum).toEqual({
    events: 65,
    oldest_ms: 70,
    at_least: true,
    pending: 9,
    parked: 11,
    dead: 13,
    retrying: 15,
    waiting: 17,
    oldest_waiting_ms: 30,
  });
  expect(addBehind([])).toEqual(nothing());
});

test('only who knows of nothing that is behind, and knows all, is within the contract', () => {
  expect(isWithin(nothing())).toBe(true);
  expect(isWithin({ ...nothing(), events: 1 })).toBe(false);
  expect(isWithin({ ...nothing(), at_least: true })).toBe(false);
});

test('an event is as old as the clock says that makes it older: ours, or that of the database once it is published', () => {
  const now = { here: 100_000, database: 160_000 };
  const recorded = { recorded_at: new Date(70_000) } as KeyRow;
  expect(ageOf(recorded, now)).toBe(30_000);
  expect(ageOf({ ...recorded, published_at: new Date(100_000) }, now)).toBe(60_000);
  expect(ageOf({ ...recorded, published_at: new Date(150_000) }, now)).toBe(30_000);
});

test.each([
  [{ parked_at: new Date(), pending: true }, { dead: true }, 'parked'],
  [{ pending: true }, { dead: true }, 'dead'],
  [{}, { dead: false }, 'retrying'],
  [{ pending: true }, { dead: false }, 'retrying'],
  [{ pending: true }, undefined, 'pending'],
  [{}, undefined, 'waiting'],
] as const)('an event with %j and the record %j is %s', (row, record, place) => {
  expect(placeOf(row, record)).toBe(place);
});
