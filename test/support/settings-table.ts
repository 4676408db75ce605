// The README's table of settings: `npm run docs` writes it, and a unit test holds it to the tables of the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Setting } from '../../lib/core/settings.ts';
import { catalogue } from '../../lib/domains.ts';
import { machineSettings } from '../../lib/platform/settings.ts';

const block = /<!-- settings: npm run docs -->\n[\s\S]*?<!-- \/settings -->/;

const shown = ({ default: value, secret }: Setting): string => {
  if (secret !== undefined && value.includes(':')) return 'embedded';
  return value === '' ? 'none' : `\`${value}\``;
};

const row = ([name, setting]: [string, Setting]): string =>
  `| \`${name}\` | ${shown(setting)} | ${setting.about}${setting.secret === undefined ? '' : ' (secret)'} |`;

export const settingsTable = (): string =>
  [
    '| variable | default | |',
    '|---|---|---|',
    ...[machineSettings, ...catalogue.all.map(({ settings = {} }) => settings)].flatMap((table) =>
      Object.entries<Setting>(table).map(row),
    ),
  ].join('\n');

/** The page with today's table in it. */
export const withSettings = (page: string): string =>
  page.replace(block, () => `<!-- settings: npm run docs -->\n${settingsTable()}\n<!-- /settings -->`);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync('README.md', withSettings(readFileSync('README.md', 'utf8')));
