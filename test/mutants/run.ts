// `npm run mutants -- --sample 60 --seed 1`: draws slips, runs the tests that reach each, and tells which nobody noticed.
import { globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random.ts';
import { createCovering } from './covering.ts';
import { type Slip, slipsIn } from './slips.ts';
import { copyTree } from './tree.ts';

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    /** Part of the paths of the files that slips are drawn from. */
    in: { type: 'string', default: '' },
  },
});

const mostTests = 10;

type Located = Slip & { file: string };

const draw = (): Located[] => {
  const random = seededRandom(Number(values.seed));
  const files = globSync('{lib,functions}/**/*.ts').filter(
    (file) => file.includes(values.in) && !file.endsWith('.d.ts'),
  );
  const all = files
    .sort()
    .flatMap((file) => slipsIn(readFileSync(file, 'utf8')).map((slip) => ({ ...slip, file })));
  const drawn = Array.from({ length: Math.min(Number(values.sample), all.length) }, () =>
    all.splice(Math.floor(random() * all.length), 1),
  );
  return drawn.flat();
};

const lineOf = ({ file, start }: Located): string =>
  `${file}:${readFileSync(file, 'utf8').slice(0, start).split('\n').length}`;

const showOf = ({ file, start, end, text }: Located): string => {
  const was = readFileSync(file, 'utf8').slice(start, end).replace(/\s+/g, ' ');
  return `${was.slice(0, 70)} -> ${text.replace(/\s+/g, ' ').slice(0, 70)}`;
};

const slipped = ({ file, start, end, text }: Located): string => {
  const code = readFileSync(file, 'utf8');
  return code.slice(0, start) + text + code.slice(end);
};

const tree = copyTree();
// What is edited meanwhile is another tree.
process.chdir(tree.root);
const coveringOf = createCovering();
const survivors: string[] = [];
const slips = draw();
for (const slip of slips) {
  const failure = await tree.tryOut(slip.file, slipped(slip), coveringOf(slip.file, mostTests));
  const line = `${lineOf(slip)} ${slip.what}: ${showOf(slip)}`;
  console.info(failure === undefined ? `SURVIVED ${line}` : `noticed  ${line}\n         by ${failure}`);
  if (failure === undefined) survivors.push(line);
}
tree.remove();
const killed = slips.length - survivors.length;
console.info(
  `seed ${values.seed}: ${killed} of ${slips.length} noticed (${Math.round((100 * killed) / slips.length)} %)`,
);
for (const line of survivors) console.info(`  ${line}`);
