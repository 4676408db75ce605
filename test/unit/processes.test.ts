// Source: lib/local/processes.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { commandLine, endChild, endOf, isAlive, killProcess, waitForEnd } from '../../lib/local/processes.ts';

const children: ChildProcess[] = [];

/** A process that says when it is ready, and does so at SIGTERM. */
const start = async (atSigterm: string): Promise<ChildProcess & { pid: number }> => {
  const program = `process.on('SIGTERM', () => { ${atSigterm} }); console.log('ready'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('it has no pid');
  return Object.assign(child, { pid: child.pid });
};

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('a process that needs a while to end is given it', async () => {
  const child = await start('setTimeout(() => process.exit(7), 100);');
  const ended = endOf(child);
  await endChild(child, 60_000);
  expect(await ended).toBe('exit code 7');
  expect(isAlive(child.pid)).toBe(false);
  expect(await endOf(child)).toBe('exit code 7');
});

test('a process that does not end by itself is killed, and only then', async () => {
  const child = await start('');
  expect(isAlive(child.pid)).toBe(true);
  expect(await commandLine(child.pid)).toContain('setInterval');
  expect(await waitForEnd(child.pid, 1)).toBe(false);
  const ended = endOf(child);
  await endChild(child, 50);
  expect(await ended).toBe('SIGKILL');
  expect(await waitForEnd(child.pid, 60_000)).toBe(true);
  expect(await commandLine(child.pid)).toBe('');
});

test('what has ended already is ended without a word', async () => {
  const child = await start('');
  const ended = endOf(child);
  await killProcess(child.pid);
  expect(await ended).toBe('SIGKILL');
  await killProcess(child.pid);
  await endChild(child, 60_000);
});
