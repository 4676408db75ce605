// `npm run soak -- --minutes N [--seed S] [--callers K] [--log FILE]`: load on all domains while parts are killed at
// random. Ends with 1 if anything acknowledged was lost, doubled or not projected, with 0 if all is sound.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { invokeFunction } from '../support/invoke.ts';
import { seededRandom } from '../support/random.ts';
import { runChaos } from './chaos.ts';
import { runLoad } from './load.ts';
import { isSound, type Outcome, toReport } from './report.ts';
import { drain, measureDrift } from './settle.ts';
import { type SoakSystem, startSoakSystem } from './system.ts';
import { judge } from './verdict.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    callers: { type: 'string', default: '8' },
    log: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? randomInt(1_000_000));
const callers = Number(values.callers);

const startedAt = performance.now();

const log = (line: string): void => {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}`);
};

const run = async (system: SoakSystem): Promise<Outcome> => {
  const endsAt = performance.now() + minutes * 60_000;
  const goesOn = (): boolean => performance.now() < endsAt;
  const [ledger, blows] = await Promise.all([
    runLoad({ url: () => system.state.http_url, random: seededRandom(seed), callers, goesOn }),
    runChaos({ victim: system, random: seededRandom(seed + 1), goesOn, log }),
  ]);
  log('the load has ended');
  const { http_url, lambda_url, write_db_url } = system.state;
  let undrained: string | undefined;
  const { deadLetters, parked } = await drain(http_url).catch((error: unknown) => {
    undrained = String(error);
    return { deadLetters: Number.NaN, parked: Number.NaN };
  });
  log('drained');
  await invokeFunction(lambda_url, 'reconcile');
  const drift = await measureDrift(lambda_url);
  const verdict = await judge(write_db_url, ledger);
  return { seed, minutes, ledger, blows, undrained, deadLetters, parked, verdict, drift };
};

log(`seed ${seed}, ${minutes} min, ${callers} callers`);
const system = await startSoakSystem(values.log);
const outcome = await run(system);
console.log(toReport(outcome));
await system.remove();
process.exitCode = isSound(outcome) ? 0 : 1;
