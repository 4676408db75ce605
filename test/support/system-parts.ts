import { execFileSync } from 'node:child_process';

/** What a running system starts for itself: each is a process of its own. */
export const partNames = ['mongod', 'queues', 'functions'] as const;
export type PartName = (typeof partNames)[number];

const programs: Record<PartName, RegExp> = {
  mongod: /mongod --port/,
  queues: /queue-server-process/,
  functions: /serverless\.js offline/,
};

/** The process of each part that runs now, by the pid of what `npm start` runs. */
export const findParts = (pid: number): Map<PartName, number> => {
  const found = new Map<PartName, number>();
  for (const line of listChildren(pid)) {
    const part = partNames.find((name) => programs[name].test(line));
    if (part) found.set(part, Number.parseInt(line, 10));
  }
  return found;
};

const listChildren = (pid: number): string[] => {
  try {
    return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${pid}`], { encoding: 'utf8' }).split('\n');
  } catch {
    // ps fails if there is none.
    return [];
  }
};

/** Gives whether there was such a process. */
export const kill9 = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};
