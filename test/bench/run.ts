// `npm run bench`, or `npm run bench -- relay tickets-projector`. `--full`: the sizes of the README's table, which take some minutes
// more. `--rounds 7`: more rounds. The table goes to stdout, the figures to bench/results/.
import { fork } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMongod } from '../../lib/local/mongod.ts';
import { startQueueServer } from '../../lib/local/queue-server.ts';
import type { Order } from './context.ts';
import { machine, type Row, toTable } from './report.ts';

const program = new URL('./child.ts', import.meta.url);

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

const known = globSync('parts/*.ts', { cwd: import.meta.dirname }).map((file) => basename(file, '.ts'));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const unknown = positionals.filter((part) => !known.includes(part));
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}; there are: ${known.join(', ')}`);

const home = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
let version = '';
const mongod = await startMongod({
  dataDir: home,
  log(line) {
    version = line;
    log(line);
  },
});
const queues = await startQueueServer({ log });
const rows: Row[] = [];
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
    };
    try {
      const found = await runPart(order);
      rows.push(...found);
      log(toTable(found));
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
const about = machine(/mongod: (\S+)/.exec(version)?.[1] ?? '');
const at = new Date().toISOString();
await mkdir('bench/results', { recursive: true });
await writeFile(
  `bench/results/${at.slice(0, 19).replaceAll(':', '-')}.json`,
  JSON.stringify({ at, machine: about, rows }, null, 2),
);
console.log(
  `\n${toTable(rows)}\n\n${Object.entries(about)
    .map(([key, value]) => `${key}: ${value}`)
    .join(' · ')}`,
);
process.exit();
