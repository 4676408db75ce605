// The rows of the table, and the table.
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Load } from './measure.ts';

export interface Row {
  what: string;
  /** Ours, and what it is held against. */
  measured: string;
  against: string;
  ratio?: number;
  reach: string;
  reached: boolean;
  /** All figures, for the JSON. */
  figures: Record<string, unknown>;
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);

export const perSecond = ({ perSecond: value }: Load): string => `${number(value)}/s`;

export const latency = ({ p50Ms, p99Ms }: Pick<Load, 'p50Ms' | 'p99Ms'>): string =>
  `p50 ${number(p50Ms)} ms, p99 ${number(p99Ms)} ms`;

export const both = (load: Load): string => `${perSecond(load)}, ${latency(load)}`;

export const toTable = (rows: Row[]): string => {
  const cells = rows.map(({ what, measured, against, ratio, reach, reached }) => [
    what,
    measured,
    against,
    ratio === undefined ? '' : ratio.toFixed(2),
    reach,
    reached ? 'yes' : '**no**',
  ]);
  const head = ['what', 'measured', 'against', 'ratio', 'to reach', 'reached'];
  const line = (parts: string[]) => `| ${parts.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
};

export const machine = (mongod: string): Record<string, string> => ({
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
  mongod,
});
