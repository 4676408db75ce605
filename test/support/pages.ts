// The commands of a page, as its reader would type them: lines behind `$ ` in its blocks, with the lines that go on.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface PageCommand {
  command: string;
  /** The lines that the page shows below it. */
  shown: string[];
}

const isWhole = (command: string): boolean => {
  if (command.endsWith('\\')) return false;
  try {
    execFileSync('bash', ['-n', '-c', command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const commandsIn = (block: string): PageCommand[] => {
  const commands: PageCommand[] = [];
  for (const line of block.split('\n')) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), shown: [] });
    else if (last !== undefined && last.shown.length === 0 && !isWhole(last.command))
      last.command += `\n${line}`;
    else if (line !== '') last?.shown.push(line);
  }
  return commands;
};

export const readPage = (path: string): PageCommand[] =>
  [...readFileSync(path, 'utf8').matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    commandsIn(block),
  );

/** The code in a table's cells that begins with one of these programs. */
export const readTableCommands = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
    [...row.matchAll(/`((?:curl|npx sls) [^`]*)`/g)].map(([, command = '']) => command),
  );

/** Runs commands one after another in one shell. Gives what each printed, and how it ended. */
export const runCommands = async (
  commands: string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ output: string; code: number }[]> => {
  const mark = `end-${Math.random().toString(36).slice(2)}`;
  const script = commands.map((command) => `${command}\nprintf '\\n${mark} %s\\n' $?`).join('\n');
  const shell = spawn('bash', ['-c', script], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  shell.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  shell.stderr.resume();
  await once(shell, 'close');
  return text
    .split(new RegExp(`\\n${mark} (\\d+)\\n`))
    .slice(0, -1)
    .reduce<{ output: string; code: number }[]>((all, part, index) => {
      if (index % 2 === 0) all.push({ output: part, code: 0 });
      else all[all.length - 1] = { output: all.at(-1)?.output ?? '', code: Number(part) };
      return all;
    }, []);
};

/** What differs from run to run, as one word for each kind. */
export const withoutChance = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/"(\d+)-[\w-]+"/g, '"<etag of $1>"')
    .replaceAll(/"duration_ms": [\d.]+/g, '"duration_ms": <ms>')
    .replaceAll('\r', '');
