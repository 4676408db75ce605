import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

// The budget of a function that a caller waits for: what it costs at a cold start is mostly its size.
const callerWaits = /(Commands|Queries)$/;
const decides = /Commands$/;
const limitBytes = { commands: 600_000, queries: 640_000 };
// The name of the service in each request: it survives minifying and bundling.
const queueClient = 'AmazonSQS';

/** One line for each thing that is wrong with an unpacked bundle. */
const faultsOf = (dir: string): string[] => {
  const name = basename(dir);
  const files = globSync(join(dir, '**/*')).filter((file) => statSync(file).isFile());
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`${name.padEnd(30)} ${(bytes / 1000).toFixed(0).padStart(6)} kB in ${files.length} files`);
  const faults: string[] = [];
  const limit = decides.test(name) ? limitBytes.commands : limitBytes.queries;
  if (callerWaits.test(name) && bytes > limit) faults.push(`${name} is over ${limit / 1000} kB`);
  if (decides.test(name) && files.some((file) => readFileSync(file, 'utf8').includes(queueClient))) {
    faults.push(`${name} brings an SQS client along`);
  }
  return faults;
};

const [root = ''] = process.argv.slice(2);
const bundles = globSync(join(root, '*')).toSorted();
const faults = bundles.flatMap(faultsOf);
if (!bundles.some((dir) => decides.test(dir))) faults.push('no bundle of a command was found');
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
