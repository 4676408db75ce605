// Every command that a page shows is run as its reader would run it, on a fresh system, and prints what the page says.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requestAction } from '../../lib/core/ops/actions.ts';
import { create, example } from '../support/example.ts';
import { readPage, readTableCommands, runCommands, withoutChance } from '../support/pages.ts';
import { useOwnSystem } from '../support/system.ts';

// No reconcile is to heal what the page breaks, before the page does.
const system = useOwnSystem({ quiet: false, env: { RECONCILE_GRACE_MS: '600000' } });

const asHere = (command: string): string =>
  command
    .replaceAll(/\blocalhost:3000\b/g, system().state.http_url.replace('http://', ''))
    .replaceAll('.local/', `${system().dataDir}/`);

const environment = () => ({
  ...process.env,
  TANDEM_DATA_DIR: system().dataDir,
  PATH: `${dirname(process.execPath)}:node_modules/.bin:${process.env['PATH']}`,
});

// Whoever has removed the baseline has removed its page too.
const pages = ['README.md', 'lib/baseline/README.md'].filter((path) => existsSync(path));

describe.each(pages)('%s', (path) => {
  const commands = readPage(path).filter(({ command }) => !command.startsWith('npm '));

  test('shows commands that work, with what they print', { timeout: 120_000 }, async () => {
    expect(commands.length).toBeGreaterThan(5);
    const results = await runCommands(
      commands.map(({ command }) => asHere(command)),
      environment(),
    );
    for (const [index, { command, shown }] of commands.entries()) {
      const { output = '', code } = results[index] ?? {};
      expect(code, command).toBe(0);
      // A line of a list may stand on lines of its own in the page.
      const printed = withoutChance(output).replaceAll(/\s+/g, '');
      for (const line of shown)
        expect(printed, command).toContain(withoutChance(line).replaceAll(/\s+/g, ''));
    }
  });
});

const invocation = /^npx sls invoke -f (\w+)(?: --data '(.*)')?$/;

test('lib/core/OPERATING.md names calls that work', async () => {
  const { id } = await create(system().http);
  const dryRun = { kind: 'dry_run', target: example.projection, input: {}, by: 'a reader' } as const;
  const { _id: actionId } = await requestAction(system().read, dryRun);
  // The page shows the samples' names, and no ids.
  const ofExample = (call: string): string =>
    call
      .replaceAll('"Ticket-<id>"', `"${example.streamType}-${id}"`)
      .replaceAll('"action_id":"<id>"', `"action_id":"${actionId}"`)
      .replaceAll(/tickets-projector|products-audit-log/g, example.subscription)
      .replaceAll('"tickets"', `"${example.projection}"`);
  const calls = readTableCommands('lib/core/OPERATING.md').map(asHere).map(ofExample);
  const byFramework = calls.filter((call) => call.startsWith('npx'));
  expect(byFramework.length).toBeGreaterThan(5);
  // One goes by the framework, which takes seconds to load; what it would send for the others is sent without it.
  const [first = '', ...others] = byFramework;
  const typed = [...calls.filter((call) => !byFramework.includes(call)), first];
  const results = await runCommands(typed, environment());
  expect(results.map(({ code }, index) => [typed[index], code])).toEqual(typed.map((call) => [call, 0]));
  for (const call of others) {
    const [, name = '', data = '{}'] = invocation.exec(call) ?? [];
    expect(name, call).not.toBe('');
    await system().invoke(name, JSON.parse(data));
  }
});
