// `npm run new -- domain loans --events | --state`, `npm run new -- subscriber loans reminders`,
// `npm run new -- command loans extend`: writes what the project's own domains look like, wired and with tests.
// It never overwrites, and writes nothing at all if something is not as expected.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { addCommand } from './new/command.ts';
import { addDomain } from './new/domain.ts';
import { collectChanges } from './new/files.ts';
import { type Names, namesOf, Refusal, requireWord } from './new/names.ts';
import { addSubscriber } from './new/subscriber.ts';

const usage = `npm run new -- domain loans --events     the store keeps the events alone (history, time travel)
npm run new -- domain loans --state      the store keeps the evolved document
npm run new -- subscriber loans reminders
npm run new -- command loans extend`;

const existing = (many: string): Names => {
  const names = namesOf(many);
  if (!existsSync(`lib/${many}/domain.ts`))
    throw new Refusal(`There is no domain ${many}: lib/${many}/domain.ts is not there.`);
  return names;
};

const make = ([what, domain = '', third, ...more]: string[]): string[] => {
  const changes = collectChanges('.');
  if (more.length > 0) throw new Refusal(usage);
  if (what === 'domain' && (third === '--events' || third === '--state'))
    addDomain(changes, namesOf(domain), third === '--events' ? 'events' : 'state');
  else if (what === 'subscriber')
    addSubscriber(changes, existing(domain), requireWord('A subscriber', third));
  else if (what === 'command')
    addCommand(changes, existing(domain), requireWord('A command', third, /^[a-z]{2,30}$/));
  else throw new Refusal(usage);
  return changes.write();
};

try {
  const written = make(process.argv.slice(2));
  execFileSync(
    'node_modules/.bin/biome',
    ['check', '--write', ...written.filter((path) => path.endsWith('.ts'))],
    {
      stdio: 'ignore',
    },
  );
  // The tables of the pages follow from the code.
  execFileSync('npm', ['run', '--silent', 'docs'], { stdio: 'ignore' });
  console.log(
    `${written.join('\n')}\n\nRun the tests: whatever is missing is named. Start the system again to see it.`,
  );
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
