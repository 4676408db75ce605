// The tables of costs in lib/deploy/README.md: `npm run docs` writes them, and a unit test holds them to what is deployed.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { costTables, type Parts, partsOf } from '../../lib/deploy/costs.ts';
import { complete } from '../../lib/deploy/plugin.ts';
import type { Service } from '../../lib/deploy/service.ts';
import { readServerlessFile } from './serverless-file.ts';

export const costsPage = 'lib/deploy/README.md';

const block = /<!-- costs: npm run docs -->\n[\s\S]*?<!-- \/costs -->/;
const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** The parts of the service as it is deployed. */
export const deployedParts = (): Parts => {
  const service = readServerlessFile() as object as Service & { provider: { memorySize: number } };
  service.custom = {};
  complete(service);
  const written = resources.parse(
    parse(readFileSync('lib/deploy/alarms.yml', 'utf8'), { logLevel: 'silent' }),
  );
  Object.assign(service.resources.Resources, written.Resources);
  return partsOf(service);
};

/** The page with today's tables in it. */
export const withCosts = (page: string): string =>
  page.replace(block, () => `<!-- costs: npm run docs -->\n${costTables(deployedParts())}\n<!-- /costs -->`);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(costsPage, withCosts(readFileSync(costsPage, 'utf8')));
