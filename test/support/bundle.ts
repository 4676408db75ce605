// A function as it is deployed: built with the settings of serverless.yml.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';
import plugins from '../../lib/deploy/lean-bundles.ts';

const settings = z.object({
  custom: z.object({
    esbuild: z.object({
      minify: z.boolean(),
      target: z.string(),
      alias: z.record(z.string(), z.string()),
      plugins: z.literal('lib/deploy/lean-bundles.ts'),
      external: z.array(z.string()),
      banner: z.object({ js: z.string() }),
    }),
  }),
});

/** Writes the bundle of `entry`, as `functions/tickets/commands.ts`, to a file that should end in `.mjs`. */
export const bundle = async (entry: string, outfile: string): Promise<void> => {
  const { esbuild } = settings.parse(
    parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'error' }),
  ).custom;
  await build({
    ...esbuild,
    plugins,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    entryPoints: [entry],
    outfile,
  });
};
