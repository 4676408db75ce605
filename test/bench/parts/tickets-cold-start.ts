// A fresh process: import of a bundle as it is deployed, then its first answer, against an empty handler.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { bundle } from '../../support/bundle.ts';
import type { Part } from '../context.ts';
import { median, percentile } from '../measure.ts';
import { latency, type Row } from '../report.ts';
import { contextOf, requestOf } from '../requests.ts';

const subjects = {
  'functions/tickets/commands.ts': requestOf('POST /tickets', {
    body: { customer_id: 'customer-1', subject: 'Fire', message: 'It burns.' },
  }),
  'functions/tickets/queries.ts': requestOf('GET /tickets'),
};

const program = `
const [file, event, context] = process.argv.slice(1);
const started = performance.now();
const { handler } = await import(file);
const imported = performance.now();
const { statusCode } = await handler(JSON.parse(event), { ...JSON.parse(context), getRemainingTimeInMillis: () => 1e4 });
const answered = performance.now();
process.stderr.write(JSON.stringify({ statusCode, importMs: imported - started, answerMs: answered - imported }));
process.exit(0);
`;

const answerSchema = z.object({ statusCode: z.number(), importMs: z.number(), answerMs: z.number() });

const start = async (file: string, event: object) => {
  const parameters = [JSON.stringify(event), JSON.stringify(contextOf('cold'))];
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, file, ...parameters],
    { env: process.env },
  );
  const answer = answerSchema.parse(JSON.parse(stderr));
  if (answer.statusCode >= 300) throw new Error(`${file} answered ${answer.statusCode}`);
  return answer;
};

export const run: Part = async ({ order }) => {
  const home = await mkdtemp(join(tmpdir(), 'tandem-cold-'));
  try {
    const empty = join(home, 'empty.mjs');
    await writeFile(empty, 'export const handler = async () => ({ statusCode: 200 });');
    const rows: Row[] = [];
    for (const [entry, event] of Object.entries(subjects)) {
      const outfile = join(home, `${entry.replaceAll('/', '-')}.mjs`);
      await bundle(entry, outfile);
      const { size } = await stat(outfile);
      const ours: Awaited<ReturnType<typeof start>>[] = [];
      const floor: Awaited<ReturnType<typeof start>>[] = [];
      for (let round = 0; round < order.rounds * 4; round += 1) {
        ours.push(await start(outfile, event));
        floor.push(await start(empty, event));
      }
      const imports = ours.map(({ importMs }) => importMs);
      const wholes = ours.map(({ importMs, answerMs }) => importMs + answerMs);
      const importing = { p50Ms: median(imports), p99Ms: percentile(imports, 0.99) };
      const whole = { p50Ms: median(wholes), p99Ms: percentile(wholes, 0.99) };
      const bare = median(floor.map(({ importMs, answerMs }) => importMs + answerMs));
      rows.push({
        what: `cold start of ${entry.slice('functions/'.length, -'.ts'.length)}, ${Math.round(size / 1_000)} kB`,
        measured: `import ${latency(importing)}; to the first answer ${latency(whole)}`,
        against: `empty handler ${bare.toFixed(1)} ms`,
        reach: 'import ≤ 60 ms (p50), ≤ 600 kB',
        reached: importing.p50Ms <= 60 && size <= 600_000,
        figures: { size, ours, bare },
      });
    }
    return rows;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};
