// How long a relay stays awake, and what it promises of that to those who commit. Guarantees: it rests only when nothing
// was to do for `idleMs`, nobody has called it, and each of its promises has run out.
import type { Db } from 'mongodb';
import type { Lease } from '../lease.ts';
import { promise, readRelayLease } from './awake.ts';

export interface Vigil {
  /** There was something to do, just now. */
  busy(): void;
  /** Takes or renews the lease, with the promise that may be given. */
  renew(lease: Lease): Promise<boolean>;
  mayRest(): boolean;
}

interface VigilOptions {
  db: Db;
  leaseMs: number;
  idleMs?: number;
  timeLeftMs(): number;
}

const forEver = Number.POSITIVE_INFINITY;

export const createVigil = ({ db, leaseMs, idleMs = forEver, timeLeftMs }: VigilOptions): Vigil => {
  // A relay that nobody has called looks once, and only what it finds keeps it awake.
  const state = { awakeUntil: idleMs === forEver ? forEver : 0, promisedUntil: 0 };
  const busy = (): void => {
    state.awakeUntil = performance.now() + idleMs;
  };
  return {
    busy,
    async renew(lease) {
      const ms = Math.max(0, Math.min(leaseMs, state.awakeUntil - performance.now(), timeLeftMs()));
      try {
        if (!(await lease.acquire(promise(ms)))) return false;
      } finally {
        // Counted from the answer, so not before the database counts, and also if the answer is lost.
        state.promisedUntil = Math.max(state.promisedUntil, performance.now() + ms);
      }
      // Read after the lease was renewed: a called relay that sees the renewal leaves the call to this one.
      if (idleMs !== forEver && (await readRelayLease(db))?.is_called) busy();
      return true;
    },
    mayRest: () => performance.now() >= Math.max(state.awakeUntil, state.promisedUntil),
  };
};
