import type { Ledger } from './load.ts';
import type { Drift } from './settle.ts';
import type { Verdict } from './verdict.ts';

export interface Outcome {
  seed: number;
  minutes: number;
  ledger: Ledger;
  blows: Map<string, number>;
  /** Why it did not drain. */
  undrained: string | undefined;
  deadLetters: number;
  parked: number;
  verdict: Verdict;
  drift: Drift[];
}

const differences = ({ altered, missing, surplus, failed }: Drift): number =>
  altered + missing + surplus + failed;

export const countDrifted = (drift: Drift[]): number => drift.reduce((sum, one) => sum + differences(one), 0);

export const isSound = ({ ledger, verdict, drift, undrained, parked }: Outcome): boolean =>
  Object.values(verdict).every((found) => found.length === 0) &&
  countDrifted(drift) === 0 &&
  drift.every(({ done }) => done) &&
  undrained === undefined &&
  ledger.unanswered + parked + ledger.broken.size === 0;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const byKind = (counts: Map<string, number>): string[] =>
  [...counts].sort().map(([kind, count]) => `    ${count} × ${kind}`);

const shown = 10;

const examples = (outcome: Outcome): string[] => [
  ...outcome.verdict.lost.slice(0, shown).map((one) => `  lost: ${JSON.stringify(one)}`),
  ...outcome.verdict.doubled.slice(0, shown).map((key) => `  doubled: ${key}`),
  ...outcome.verdict.torn.slice(0, shown).map((stream) => `  not 1, 2, 3, …: ${stream}`),
  ...outcome.drift.filter(differences).map((one) => `  drifted: ${JSON.stringify(one)}`),
  ...(outcome.undrained === undefined ? [] : [`  not drained: ${outcome.undrained}`]),
];

export const toReport = (outcome: Outcome): string => {
  const { seed, minutes, ledger, blows, verdict, drift } = outcome;
  return [
    `${isSound(outcome) ? 'SOUND' : 'UNSOUND'}: seed ${seed}, ${minutes} min`,
    `  acknowledged ${ledger.acknowledged.length}, unanswered ${ledger.unanswered}`,
    `  lost ${verdict.lost.length}, doubled ${verdict.doubled.length}, torn streams ${verdict.torn.length}`,
    `  refused and in effect all the same ${verdict.ghosts.length}`,
    `  drifted ${countDrifted(drift)} in ${drift.length} projections`,
    `  dead letters ${outcome.deadLetters}, parked ${outcome.parked}`,
    `  longest stall ${seconds(ledger.longestStallMs)}`,
    `  503: ${ledger.unavailable}, the slowest after ${seconds(ledger.slowestUnavailableMs)}`,
    '  refused:',
    ...byKind(ledger.refused),
    '  broken answers:',
    ...byKind(ledger.broken),
    '  blows:',
    ...byKind(blows),
    ...examples(outcome),
  ].join('\n');
};
