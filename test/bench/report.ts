// The rows of the table, and the table.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, platform, release, totalmem } from 'node:os';
import type { Load } from './measure.ts';

export interface Row {
  what: string;
  /** Ours, and what it is held against. */
  measured: string;
  against: string;
  ratio?: number;
  reach: string;
  reached: boolean;
  /** How far apart the rounds of the floor were (spreadOf). */
  noise?: number | undefined;
  /** The share of the processors that others had before and after. */
  others?: number;
  /** All figures, for the JSON. */
  figures: Record<string, unknown>;
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);

export const perSecond = ({ perSecond: value }: Pick<Load, 'perSecond'>): string => `${number(value)}/s`;

export const latency = ({ p50Ms, p99Ms }: Pick<Load, 'p50Ms' | 'p99Ms'>): string =>
  `p50 ${number(p50Ms)} ms, p99 ${number(p99Ms)} ms`;

export const both = (load: Load): string => `${perSecond(load)}, ${latency(load)}`;

/** From here on a ratio says more of the machine than of what was measured. */
const tooNoisy = { noise: 0.4, others: 0.2 };

export type Verdict = 'yes' | 'no' | 'too noisy' | '';

export const verdictOf = ({ reach, reached, noise = 0, others = 0 }: Row): Verdict => {
  if (reach === '') return '';
  if (noise > tooNoisy.noise || others > tooNoisy.others) return 'too noisy';
  return reached ? 'yes' : 'no';
};

/** Of several runs of one part: each row from the run whose ratio is the median. */
export const medianRows = (runs: Row[][]): Row[] =>
  (runs[0] ?? []).map((first, index) => {
    const same = runs.flatMap((rows) => rows[index] ?? []);
    const ordered = same.toSorted((one, other) => (one.ratio ?? 0) - (other.ratio ?? 0));
    return ordered[Math.floor(ordered.length / 2)] ?? first;
  });

const shown: Record<Verdict, string> = { yes: 'yes', no: '**no**', 'too noisy': 'too noisy', '': '' };

export const toTable = (rows: Row[]): string => {
  const cells = rows.map((row) => [
    row.what,
    row.measured,
    row.against,
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.noise === undefined ? '' : `${Math.round(row.noise * 100)} %`,
    row.reach,
    shown[verdictOf(row)],
  ]);
  const head = ['what', 'measured', 'against', 'ratio', 'noise', 'to reach', 'reached'];
  const line = (parts: string[]) => `| ${parts.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
};

/** One part's rows, and what each of its runs gave. */
export interface Section {
  part: string;
  rows: Row[];
  runs: Row[][];
}

/** What was measured on, in one sentence. */
export const machine = (mongod: string, tookMs: number): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ` +
  `${platform()} ${release()}, Node ${process.versions.node}, MongoDB ${mongod} and the queue server on the same cores ` +
  `as what is measured; ${Math.round(tookMs / 60_000)} minutes for all`;

export const toReport = (sections: Section[], at: string, about: string): string =>
  [
    `Figures of ${at.slice(0, 10)}, all of one run: ${about}.`,
    ...sections.map(({ part, rows }) => `\`${part}\`\n\n${toTable(rows)}`),
  ].join('\n\n');

const page = new URL('./README.md', import.meta.url);
const region = /<!-- bench: npm run bench -- --full --write -->\n[\s\S]*?<!-- \/bench -->/;

/** Puts the figures of one run in the place of the last ones on the page. */
export const writeReport = async (report: string): Promise<void> => {
  const text = await readFile(page, 'utf8');
  const written = `<!-- bench: npm run bench -- --full --write -->\n${report}\n<!-- /bench -->`;
  await writeFile(
    page,
    text.replace(region, () => written),
  );
};
