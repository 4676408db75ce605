import { describe, expect, test } from 'vitest';
import { keyset } from '../../lib/core/queries/cursor.ts';

const newest = keyset(['updated_at', -1, 'date'], ['_id', -1, 'uuid']);
const [a, b, c] = ['a', 'b', 'c'].map((one) => `${one.repeat(8)}-0000-7000-8000-000000000000`) as [
  string,
  string,
  string,
];
const row = (day: number, _id: string) => ({ updated_at: new Date(Date.UTC(2026, 0, day)), _id, other: 'x' });

describe('a page', () => {
  test('has a next one when there is a row more than it takes', () => {
    const rows = [row(3, c), row(2, b), row(1, a)];
    expect(newest.page(rows, 3)).toEqual({ rows });
    const { rows: first, next } = newest.page(rows, 2);
    expect(first).toEqual(rows.slice(0, 2));
    expect(newest.after.parse(next?.after)).toEqual([rows[1]?.updated_at, b]);
  });

  test('goes on behind the last row, by an index alone', () => {
    const { next } = newest.page([row(2, b), row(1, a)], 1);
    const day = row(2, b).updated_at;
    expect(newest.following(newest.after.parse(next?.after))).toEqual({
      $and: [
        { updated_at: { $lte: day } },
        { $or: [{ updated_at: { $lt: day } }, { updated_at: day, _id: { $lt: b } }] },
      ],
    });
    expect(newest.following(undefined)).toEqual({});
    expect(newest.sort).toEqual({ updated_at: -1, _id: -1 });
  });

  test.each([
    '',
    'x',
    '1',
    `-1.${a}`,
    `01.${a}`,
    `1.${a}.1`,
    `9999999999999999.${a}`,
    `1.${a.toUpperCase()}`,
  ])('refuses the cursor «%s»', (cursor) => {
    expect(newest.after.safeParse(cursor).success).toBe(false);
  });

  test('may go on behind any text', () => {
    const byName = keyset(['name', 1, 'text'], ['count', 1, 'number']);
    const { next } = byName.page([{ name: 'ä.b "', count: 7 }, {}], 1);
    expect(byName.after.parse(next?.after)).toEqual(['ä.b "', 7]);
    expect(byName.following(['n', 7])).toEqual({
      $and: [{ name: { $gte: 'n' } }, { $or: [{ name: { $gt: 'n' } }, { name: 'n', count: { $gt: 7 } }] }],
    });
  });
});
