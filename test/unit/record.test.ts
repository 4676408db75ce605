import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordProjection } from '../../lib/records/projections.ts';
import {
  mergeReads,
  type RecordReadCommand,
  recordDecider,
  recordInputs,
  recordReadCommand,
  recordReadsDecider,
} from '../../lib/records/record.ts';
import { endsAt, taken } from '../support/borders.ts';
import { scenarios } from '../support/given.ts';
import { dayOf, projected } from '../support/projected.ts';

const written = (value: string) => ({ type: 'RecordWritten', data: { value } }) as const;
const write = (value: string) => ({ type: 'WriteRecord', data: { key: 'k', value } }) as const;
const counted = (count: number) => ({ type: 'RecordReadsCounted', data: { count } }) as const;
const read = (count: number): RecordReadCommand => ({ type: 'RecordRead', data: { key: 'k', count } });

describe('a record', () => {
  const { given } = scenarios(recordDecider);

  test('takes any value, the same again too', () => {
    given().when(write('a')).thenEvents(written('a'));
    given(written('a')).when(write('a')).thenEvents(written('a'));
  });

  test('has the last value and counts each write', () => {
    const state = [written('a'), written('b'), written('b')].reduce(recordDecider.evolve, undefined);
    expect(state).toEqual({ value: 'b', write_count: 3 });
  });
});

test('the view of a record keeps the time of the first write, and has the last value', () => {
  expect(projected(recordProjection, [written('a'), written('b'), written('b')])).toMatchObject({
    ...{ value: 'b', write_count: 3, version: 3 },
    ...{ created_at: dayOf(1), updated_at: dayOf(3) },
  });
});

describe('the reads of a record', () => {
  const { given } = scenarios(recordReadsDecider);

  test('are counted', () => {
    given().when(read(1)).thenEvents(counted(1));
    given(counted(1)).when(read(7)).thenEvents(counted(7));
  });

  test('are as many when they are merged as one by one', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 })), (counts) => {
        const count = (commands: RecordReadCommand[]) =>
          commands
            .flatMap((command) => recordReadsDecider.decide(command, undefined))
            .reduce(recordReadsDecider.evolve, undefined)?.read_count ?? 0;
        const commands = counts.map(read);
        expect(mergeReads(commands).length).toBeLessThanOrEqual(1);
        expect(count(mergeReads(commands))).toBe(count(commands));
      }),
    ));
});

test('what a caller may say of a record ends at its borders, a value by its bytes', () => {
  const { WriteRecord } = recordInputs;
  const valid = { key: 'k', value: 'v' };
  expect(endsAt(WriteRecord, valid, 'key', 255)).toBe(true);
  // In a path they mean a step: nothing could fetch them.
  expect(taken(WriteRecord, valid, 'key', ['.', '..', '...', 'a/..'])).toEqual([false, false, true, true]);
  const most = 64 * 1024;
  expect(endsAt(WriteRecord, valid, 'value', most, 0)).toBe(true);
  const wide = ['é'.repeat(most / 2), 'é'.repeat(most / 2 + 1), '€'.repeat(30_000)];
  expect(taken(WriteRecord, valid, 'value', wide)).toEqual([true, false, false]);
  const counts = [0, 1, 1_000_000, 1_000_001].map(
    (count) => recordReadCommand.safeParse({ type: 'RecordRead', data: { key: 'k', count } }).success,
  );
  expect(counts).toEqual([false, true, true, false]);
});
