// What `npm run new` writes, tried in a copy of the project: types, linter, unit tests, the survival tests and a session
// over HTTP; then each piece of the new domain is taken away in turn, and something must name it.
// `node scripts/check-new.ts`. Prints what it does; ends with 1 at the first thing that is not as promised.
import { copyProject, expectOk, unitTests } from './copy.ts';

const copy = copyProject();
const { run } = copy;

const types = () => run('tsc', '--tsBuildInfoFile', '.local/tsc.tsbuildinfo');
const tests = (...names: string[]) => run('vitest', 'run', ...names);
const make = (...args: string[]) => expectOk(`new ${args.join(' ')}`, run('node', 'scripts/new.ts', ...args));

/** Lines of files that were there before; the tables of the pages are written by `npm run docs`. */
const wiringLines = (): number =>
  copy.files
    .filter((file) => !file.endsWith('.md') && copy.isChanged(file))
    .map((file) => {
      const before = new Set(copy.original(file).split('\n'));
      return copy
        .read(file)
        .split('\n')
        .filter((line) => !before.has(line)).length;
    })
    .reduce((sum, lines) => sum + lines, 0);

make('domain', 'loans', '--events');
make('subscriber', 'loans', 'reminders');
const lines = wiringLines();
expectOk(`a domain with a read model and a second subscriber is wired by ${lines} lines, at most 30`, {
  ok: lines <= 30,
  text: '',
});
make('domain', 'shelves', '--state');
make('command', 'loans', 'extend');
make('command', 'shelves', 'dust');
// As the README has it.
if (copy.files.includes('lib/tickets/domain.ts')) make('command', 'tickets', 'assign');
expectOk('types', types());
expectOk('linter', run('biome', 'check', '.'));
expectOk('unit tests', run('vitest', ...unitTests));
expectOk(
  'survival tests',
  tests('fault-points', 'test/integration/histories', 'loans-reminders', '-t', 'loans|shelves'),
);
expectOk('a session over HTTP', tests('e2e/loans', 'e2e/shelves'));

/** A piece of the new domain: what is left of a file without it, or nothing. */
interface Piece {
  file: string;
  without?: RegExp;
  /** What the message must say. */
  named: RegExp;
}

const pieces: Piece[] = [
  { file: 'lib/domains.ts', without: /, loans\b/, named: /loans/ },
  { file: 'lib/loans/domain.ts', without: /\{ type: 'Loan'.*\}(?=\])/, named: /lib\/loans\/domain\.ts/ },
  {
    file: 'lib/loans/domain.ts',
    without: /(?<=readModels: \[)loanModel/,
    named: /loanModel|loans-projector keeps loans/,
  },
  {
    file: 'lib/loans/domain.ts',
    without: /(?<=subscribers: \[)loansProjector, /,
    named: /loansProjector|loans-projector/,
  },
  { file: 'lib/loans/domain.ts', without: /, loansReminders(?=\])/, named: /loansReminders|loans-reminders/ },
  { file: 'lib/loans/store.ts', named: /store\.ts/ },
  { file: 'lib/loans/commands.ts', named: /commands\.ts/ },
  { file: 'lib/loans/projections.ts', named: /projections\.ts/ },
  { file: 'lib/loans/queries.ts', named: /queries\.ts/ },
  { file: 'functions/loans/commands.ts', named: /loansCommands/ },
  { file: 'functions/loans/projector.ts', named: /loansProjector/ },
  {
    file: 'functions/loans/commands.ts',
    without: / {2}'POST \/loans': createLoan,\n/,
    named: /POST \/loans|createLoan/,
  },
  { file: 'serverless.yml', without: / {6}- httpApi: POST \/loans\n/, named: /POST \/loans/ },
  { file: 'serverless.yml', without: /, consumes: loans-projector\b/, named: /consumes: loans-projector/ },
  {
    file: 'serverless.yml',
    without: / {2}loansQueries:\n(?: {4}.*\n)+/,
    named: /functions\/loans\/queries\.ts/,
  },
  { file: 'lib/loans/loan.ts', without: / {4}case 'CloseLoan':\n.*\n/, named: /CloseLoan|decide|return/ },
  { file: 'test/support/domains/loans.ts', named: /test\/support\/domains\/loans\.ts/ },
];

/** What holds the wiring of domains together; the rest of the tests is about what they do. */
const wiring = () => run('vitest', ...unitTests, 'serverless', 'catalogue', 'architecture');

for (const { file, without, named } of pieces) {
  const before = copy.read(file);
  const title = `${without === undefined ? file : `${file} without ${without}`}`;
  if (without === undefined) copy.remove(file);
  else {
    const after = before.replace(without, '');
    if (after === before) expectOk(title, { ok: false, text: 'there is no such piece' });
    copy.write(file, after);
  }
  const typed = types();
  const outcome = typed.ok ? wiring() : typed;
  const isNamed = !outcome.ok && named.test(outcome.text);
  expectOk(`${title} is named by ${typed.ok ? 'a test' : 'a type error'}`, {
    ok: isNamed,
    text: outcome.text,
  });
  copy.write(file, before);
}
console.log(`\n${pieces.length} pieces taken away, each of them named`);
