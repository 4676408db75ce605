import { expect, test, vi } from 'vitest';
import { untilDecided } from '../../lib/core/commands/until-decided.ts';
import { AppError } from '../../lib/core/errors.ts';

const lost = new AppError('version_conflict', 'changed by another');

/** Fails with these, one after the other, and then succeeds. */
const attempts = (...failures: Error[]) => {
  const at: number[] = [];
  const attempt = async (): Promise<string> => {
    at.push(performance.now());
    const failure = failures[at.length - 1];
    if (failure !== undefined) throw failure;
    return 'done';
  };
  return { at, attempt };
};

test('a lost race is run again until it is won, with a pause before', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  const { at, attempt } = attempts(lost, lost, lost);
  expect(await untilDecided(attempt, 10_000)).toBe('done');
  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  // A timer may be up to a millisecond early.
  for (const [index, pauseMs] of [4, 8, 16].entries())
    expect(pauses[index]).toBeGreaterThanOrEqual(pauseMs - 1);
  random.mockRestore();
});

test('races that go on past the deadline end as a lost race', async () => {
  const forEver = async (): Promise<string> => {
    await new Promise(setImmediate);
    throw lost;
  };
  await expect(untilDecided(forEver, -1)).rejects.toBe(lost);
  const started = performance.now();
  await expect(untilDecided(forEver, 30)).rejects.toBe(lost);
  expect(performance.now() - started).toBeGreaterThan(30);
});

test('any other failure ends it at once', async () => {
  const refusal = new AppError('rule_violated', 'no');
  const { at, attempt } = attempts(refusal);
  await expect(untilDecided(attempt, 10_000)).rejects.toBe(refusal);
  expect(at).toHaveLength(1);
});

test('what is not certain yet is waited for, whatever the deadline of races', async () => {
  const { at, attempt } = attempts(
    new AppError('duplicate_command', 'used before'),
    new AppError('unavailable', 'not a majority yet'),
  );
  expect(await untilDecided(attempt, -1)).toBe('done');
  expect(at).toHaveLength(3);
});
