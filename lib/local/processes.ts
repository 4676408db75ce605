import { type ChildProcess, execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

export const run = promisify(execFile);

// A process that has ended stays in the table until its parent looks, which in a container may be never.
const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // Alive, but of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** The command line of a process, or '' when it is gone (a pid may have been given out again). */
export const commandLine = async (pid: number): Promise<string> => {
  try {
    const { stdout } = await run('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
};

export const waitForEnd = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
};

export const killProcess = async (pid: number): Promise<void> => {
  try {
    process.kill(pid, 'SIGKILL');
    await waitForEnd(pid, 5000);
  } catch {
    // It had ended already.
  }
};

/** Settles when the process has ended, with how: `SIGKILL`, `exit code 1`. */
export const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    const tell = (): void => resolve(child.signalCode ?? `exit code ${child.exitCode}`);
    if (child.exitCode !== null || child.signalCode !== null) tell();
    else child.once('exit', tell);
  });

/** Asks a process to end, and kills it when it has not within the time. */
export const endProcess = async (pid: number, timeoutMs: number): Promise<void> => {
  try {
    process.kill(pid, 'SIGTERM');
    if (!(await waitForEnd(pid, timeoutMs))) await killProcess(pid);
  } catch {
    // It ended between the look and the signal.
  }
};

/** The same for a child, whose pid is not given out again while this one has not looked. */
export const endChild = async (child: ChildProcess, timeoutMs: number): Promise<void> => {
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (child.pid !== undefined && !hasEnded) await endProcess(child.pid, timeoutMs);
};
