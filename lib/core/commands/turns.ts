// Callers in one process take turns at an aggregate: side by side they would only lose races to each other.
// A courtesy and not a lock, the version decides: if nothing moves, or the database is away, all go ahead at once, so
// that nobody waits for another's time-out before his own.
import { isUnavailable } from '../driver-errors.ts';

const stalledAfterMs = 1_000;

interface Line {
  active: number;
  waiting: (() => void)[];
}

const lines = new Map<string, Line>();

const letAllGo = (line: Line): void => {
  for (const go of line.waiting.splice(0)) go();
};

const joinLine = async (key: string): Promise<Line> => {
  const line = lines.get(key) ?? { active: 0, waiting: [] };
  lines.set(key, line);
  if (line.active > 0) await new Promise<void>((resolve) => line.waiting.push(resolve));
  line.active += 1;
  return line;
};

const leaveLine = (key: string, line: Line): void => {
  line.active -= 1;
  const next = line.waiting.shift();
  if (next !== undefined) next();
  else if (line.active === 0) lines.delete(key);
};

/** Does the work after what others in this process do at `key`, in the order of asking. */
export const inTurn = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
  const line = await joinLine(key);
  const stalled = setTimeout(letAllGo, stalledAfterMs, line);
  try {
    return await work();
  } catch (error) {
    if (isUnavailable(error)) letAllGo(line);
    throw error;
  } finally {
    clearTimeout(stalled);
    leaveLine(key, line);
  }
};
