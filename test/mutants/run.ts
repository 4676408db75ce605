// `npm run mutants -- --sample 60 --seed 1`: draws slips, runs the tests that reach each, and tells which nobody noticed.
// `--lanes 2` tries two at once, each in a copy of its own: for a machine that bears it.
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
    lanes: { type: 'string', default: '1' },
  },
});

const mostTests = 10;

interface Located extends Slip {
  file: string;
  code: string;
}

const draw = (): Located[] => {
  const random = seededRandom(Number(values.seed));
  const files = globSync('{lib,functions}/**/*.ts').filter(
    (file) => file.includes(values.in) && !file.endsWith('.d.ts'),
  );
  const all = files.sort().flatMap((file) => {
    const code = readFileSync(file, 'utf8');
    return slipsIn(code).map((slip) => ({ ...slip, file, code }));
  });
  const drawn = Array.from({ length: Math.min(Number(values.sample), all.length) }, () =>
    all.splice(Math.floor(random() * all.length), 1),
  );
  return drawn.flat();
};

const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 70);

const showOf = ({ file, code, start, end, text, what }: Located): string => {
  const line = code.slice(0, start).split('\n').length;
  return `${file}:${line} ${what}: ${short(code.slice(start, end))} -> ${short(text)}`;
};

const slipped = ({ code, start, end, text }: Located): string =>
  code.slice(0, start) + text + code.slice(end);

// What is edited meanwhile is another tree.
const slips = draw();
const coveringOf = createCovering();
const survivors: string[] = [];
const left = slips.values();

const tryThem = async (): Promise<void> => {
  const tree = copyTree();
  for (const slip of left) {
    const failure = await tree.tryOut(slip.file, slipped(slip), coveringOf(slip.file, mostTests));
    const shown = showOf(slip);
    console.info(failure === undefined ? `SURVIVED ${shown}` : `noticed  ${shown}\n         by ${failure}`);
    if (failure === undefined) survivors.push(shown);
  }
  tree.remove();
};

await Promise.all(Array.from({ length: Number(values.lanes) }, tryThem));
const killed = slips.length - survivors.length;
console.info(
  `seed ${values.seed}: ${killed} of ${slips.length} noticed (${Math.round((100 * killed) / slips.length)} %)`,
);
for (const line of survivors) console.info(`  ${line}`);
