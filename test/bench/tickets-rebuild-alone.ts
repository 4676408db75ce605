// A rebuild of the ticket list and nothing else, as in a function of its own: time and memory are the rebuild's.

import { rebuild } from '../../lib/core/repair/rebuild.ts';
import { readDb, writeDb } from '../../lib/platform/mongo.ts';
import { tickets } from '../../lib/tickets/domain.ts';
import { openModels } from '../support/open.ts';

/** Peaks of both halves of the time: flat, or growing. */
const watchMemory = () => {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(process.memoryUsage.rss() / 2 ** 20), 50);
  return () => {
    clearInterval(timer);
    const half = Math.floor(samples.length / 2);
    return {
      firstHalfMb: Math.max(...samples.slice(0, half)),
      secondHalfMb: Math.max(...samples.slice(half)),
    };
  };
};

const [model] = openModels(tickets, writeDb(), readDb());
if (model === undefined) throw new Error('tickets have no read model');
const stop = watchMemory();
const started = performance.now();
const { done, written } = await rebuild(model, { db: readDb(), timeLeftMs: () => 3_600_000 });
process.send?.({ done, written, ms: performance.now() - started, ...stop() });
process.exit(0);
