import type { Log } from './log.ts';

export interface Outage {
  begins(who: string, reason: string): void;
  ends(who: string): void;
}

/** One trouble that many meet with: a line when it begins for the first, and one when it has ended for the last. */
export const createOutage = (log: Log, what: string): Outage => {
  const affected = new Set<string>();
  return {
    begins: (who, reason) => {
      if (affected.size === 0) log(`${who}: ${what}, trying again: ${reason}`);
      affected.add(who);
    },
    ends: (who) => {
      if (affected.delete(who) && affected.size === 0) log(`${who}: works again, as all do`);
    },
  };
};

export interface Outages {
  ofServer: Outage;
  ofFunctions: Outage;
}

export const createOutages = (log: Log): Outages => ({
  ofServer: createOutage(log, 'its queue cannot be read'),
  ofFunctions: createOutage(log, 'its function fails'),
});
