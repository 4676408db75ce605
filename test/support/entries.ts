// The entry of each domain of the catalogue, in its order.
import { existsSync } from 'node:fs';
import type { Domain } from '../../lib/core/domains/domain.ts';
import { catalogue } from '../../lib/domains.ts';
import type { TestEntry } from './test-domain.ts';

const entryOf = async ({ name }: Domain): Promise<TestEntry> => {
  const file = new URL(`domains/${name}.ts`, import.meta.url);
  if (!existsSync(file))
    throw new Error(`${name} is in lib/domains.ts: write test/support/domains/${name}.ts, for the tests`);
  return ((await import(file.href)) as { entry: TestEntry }).entry;
};

export const entries = await Promise.all(catalogue.all.map(entryOf));

/** What a test of the machine works with if any domain will do: the first one whose aggregates need no others. */
const found = entries.find(({ http }) => http.kinds.length === 1) ?? entries[0];
if (found === undefined) throw new Error('lib/domains.ts lists no domain');
export const exampleEntry = found;
