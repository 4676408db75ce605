// What mongod and the queue server use, which the bench's first process has started. Linux alone tells.
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface Used {
  cpuMs: number;
  rssMb: number;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const usedBy = (pid: string): Used => {
  // What follows the name in brackets: state is the first, utime and stime are the 12th and 13th.
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  const rssKb = Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return {
    cpuMs: ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / ticksPerSecond,
    rssMb: rssKb / 1024,
  };
};

/** By name; empty if the system does not tell. */
export const usedByServers = (): Record<string, Used> => {
  const children = read(`/proc/${process.ppid}/task/${process.ppid}/children`).split(' ');
  return Object.fromEntries(
    children.flatMap((pid) => {
      if (read(`/proc/${pid}/cmdline`).includes('queue-server')) return [['queue server', usedBy(pid)]];
      return read(`/proc/${pid}/comm`).trim() === 'mongod' ? [['mongod', usedBy(pid)]] : [];
    }),
  );
};
