import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isSetupError, quiet } from '../../lib/local/log.ts';
import { keepRunning, type Part, pauseBefore } from '../../lib/local/supervise.ts';
import { waitFor } from '../support/wait-for.ts';

/** Parts that end when they are told to, in the order of their starts. */
const fakeParts = () => {
  const started: { die(reason: string): void; stopped: boolean; again: boolean }[] = [];
  const start = async (again: boolean): Promise<Part> => {
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    const one = { die: resolve, stopped: false, again };
    started.push(one);
    const stop = async () => {
      one.stopped = true;
      resolve('stopped');
    };
    return { ended, stop };
  };
  return { started, start };
};

test('a part that dies is started again, in two clear lines', async () => {
  const { started, start } = fakeParts();
  const lines: string[] = [];
  const part = keepRunning('mongod', start, (line) => lines.push(line));
  await part.started;
  started[0]?.die('SIGKILL');
  await waitFor('the second line', () => lines.length === 2);
  expect(started.map(({ again }) => again)).toEqual([false, true]);
  expect(lines[0]).toBe('mongod: ended by itself (SIGKILL), starting it again');
  expect(lines[1]).toMatch(/^mongod: runs again after \d+\.\d s$/);
  await part.stop();
  expect(started[1]?.stopped).toBe(true);
});

test('a part that is killed again and again is started again, ever more slowly, and never given up', async () => {
  const { started, start } = fakeParts();
  const lines: string[] = [];
  const pauses: number[] = [];
  const part = keepRunning('functions', start, (line) => lines.push(line), {
    pauseMs: (quickEnds) => {
      pauses.push(pauseBefore(quickEnds));
      return 0;
    },
  });
  for (let count = 1; count <= 8; count += 1) {
    await waitFor('a start', () => started.length === count);
    started.at(-1)?.die('SIGKILL');
  }
  await waitFor('the last start', () => started.length === 9);
  expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  await part.stop();
  expect(started[8]?.stopped).toBe(true);
});

test('a pause before a start is announced, and ends at once when all is to end', async () => {
  const { started, start } = fakeParts();
  const lines: string[] = [];
  const pauseMs = (quickEnds: number) => (quickEnds === 1 ? 0 : 60_000);
  const part = keepRunning('functions', start, (line) => lines.push(line), { pauseMs });
  await part.started;
  started[0]?.die('SIGKILL');
  await waitFor('the second start', () => started.length === 2);
  started[1]?.die('SIGKILL');
  const announced = 'functions: ended by itself (SIGKILL), 2 times in a row: starting it again in 60 s';
  await waitFor('the line', () => lines.includes(announced));
  await part.stop();
  expect(started).toHaveLength(2);
});

test('a part that cannot be started again is tried again, then given up with the reason', async () => {
  const { started, start } = fakeParts();
  let tries = 0;
  const failing = async (again: boolean): Promise<Part> => {
    if (!again) return start(again);
    tries += 1;
    throw new Error('its port was taken');
  };
  const part = keepRunning('queues', failing, quiet, { pauseMs: () => 0 });
  await part.started;
  started[0]?.die('SIGKILL');
  const error: unknown = await part.givenUp.catch((reason: unknown) => reason);
  expect(isSetupError(error) && error.message).toBe(
    'queues: did not start 5 times in a row: its port was taken.',
  );
  expect(tries).toBe(5);
});

test('a part that was stopped stays so', async () => {
  const { started, start } = fakeParts();
  const lines: string[] = [];
  const part = keepRunning('queues', start, (line) => lines.push(line));
  await part.started;
  await part.stop();
  await pause(20);
  expect(started).toHaveLength(1);
  expect(lines).toEqual([]);
});
