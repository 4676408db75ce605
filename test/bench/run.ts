// `npm run bench`, or `npm run bench -- relay projector`. `--full`: the sizes of the README's table, which take longer, and
// parts whose margins are narrow three times. `--rounds 7`: more rounds. `--write`: the tables of README.md from this run.
// The table goes to stdout, the figures to bench/results/. It ends with 1 if something failed or was not reached, with 2
// if nothing was worse than too noisy to judge.
import { fork } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMongod } from '../../lib/local/mongod.ts';
import { startQueueServer } from '../../lib/local/queue-server.ts';
import type { Order } from './context.ts';
import { busyShare } from './measure.ts';
import {
  machine,
  medianRows,
  type Row,
  type Section,
  toReport,
  toTable,
  verdictOf,
  writeReport,
} from './report.ts';

const program = new URL('./child.ts', import.meta.url);
const idleMs = 1_000;

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const runPart = (order: Order): Promise<Row[]> =>
  new Promise((resolve, reject) => {
    // What functions log goes where it costs least: the floors log nothing.
    const child = fork(program, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let rows: Row[] | undefined;
    child.once('message', (message) => {
      rows = message as Row[];
    });
    child.once('exit', (code) =>
      rows ? resolve(rows) : reject(new Error(`${order.part} ended with ${code}`)),
    );
  });

/** One run of a part, with what others had of the machine just before and just after. */
const amongOthers = async (order: Order): Promise<Row[]> => {
  const before = await busyShare(idleMs);
  const rows = await runPart(order);
  const others = Math.max(before, await busyShare(idleMs));
  log(`others had ${Math.round(others * 100)} % of the processors`);
  return rows.map((row) => ({ ...row, others }));
};

const known = globSync('parts/*.ts', { cwd: import.meta.dirname }).map((file) => basename(file, '.ts'));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '' },
  },
});
const unknown = positionals.filter((part) => !known.includes(part));
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}; there are: ${known.join(', ')}`);

const home = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
let version = '';
const mongod = await startMongod({
  dataDir: home,
  log(line) {
    version = line;
    log(line);
  },
});
const queues = await startQueueServer({ log });
/** The median of three runs is held against the mark: a shared machine has slow minutes. */
const narrow = ['orders-append', 'relay', 'tickets-command', 'tickets-projector'];
const started = performance.now();
const sections: Section[] = [];
try {
  for (const part of positionals.length > 0 ? positionals : known.toSorted()) {
    log(`\n${part} …`);
    const order = {
      part,
      writeUrl: mongod.url(`bench_${part.replaceAll('-', '_')}_write`),
      readUrl: mongod.url(`bench_${part.replaceAll('-', '_')}_read`),
      sqsEndpoint: queues.endpoint,
      full: values.full,
      rounds: Number(values.rounds),
      seconds: Number(values.seconds || (values.full ? 60 : 10)),
    };
    try {
      const runs: Row[][] = [];
      for (let run = values.full && narrow.includes(part) ? 3 : 1; run > 0; run -= 1)
        runs.push(await amongOthers(order));
      const rows = medianRows(runs);
      sections.push({ part, rows, runs });
      log(toTable(rows));
    } catch (error) {
      // The figures of the others are kept.
      process.exitCode = 1;
      log(String(error));
    }
  }
} finally {
  await Promise.all([mongod.stop(), queues.stop()]);
  await rm(home, { recursive: true, force: true });
}
const rows = sections.flatMap((section) => section.rows);
const about = machine(/mongod: (\S+)/.exec(version)?.[1] ?? '', performance.now() - started);
const at = new Date().toISOString();
await mkdir('bench/results', { recursive: true });
await writeFile(
  `bench/results/${at.slice(0, 19).replaceAll(':', '-')}.json`,
  JSON.stringify({ at, machine: about, sections }, null, 2),
);
const report = toReport(sections, at, about);
console.log(`\n${report}`);
if (values.write) await writeReport(report);
const verdicts = rows.map(verdictOf);
if (verdicts.includes('no')) process.exitCode = 1;
else if (verdicts.includes('too noisy')) process.exitCode ||= 2;
process.exit();
