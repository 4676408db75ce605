import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
import leanBundles from '../../lib/deploy/lean-bundles.ts';

const require = createRequire(createRequire(import.meta.url).resolve('mongodb'));

const load = async (entry: string, plugins: Plugin[]): Promise<Record<string, unknown>> => {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'bundle',
    logLevel: 'silent',
    plugins,
  });
  const module = { exports: {} };
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require']);
  run(module, module.exports, require);
  return module.exports;
};

interface Saslprep {
  saslprep(text: string): string;
}

const preparing = `module.exports = require(${JSON.stringify(require.resolve('@mongodb-js/saslprep'))})`;

test('a bundle prepares passwords as the driver does', async () => {
  const passwords = [
    '',
    'secret',
    ' a~z ',
    'I\u00adX',
    'ﬁ①',
    'ª',
    '\u00a0x',
    'пароль',
    '密碼',
    '\u0007',
    '\u0627\u0031',
  ];
  const outcome = ({ saslprep }: Saslprep, text: string): string => {
    try {
      return `prepared ${saslprep(text)}`;
    } catch (error) {
      return String(error);
    }
  };
  const original = (await load(preparing, [])) as Record<string, never> & Saslprep;
  const bundled = (await load(preparing, leanBundles)) as Record<string, never> & Saslprep;
  for (const text of passwords) expect(outcome(bundled, text), text).toBe(outcome(original, text));
});

test('what is left out of the bundles and asked for all the same ends the build', async () => {
  await expect(load(`export { GridFSBucket } from 'mongodb'`, leanBundles)).rejects.toThrow('GridFSBucket');
});

test('what is left out of the bundles and called all the same says so', async () => {
  const { z } = (await load(`export * as z from 'zod'`, leanBundles)) as { z: typeof import('zod') };
  expect(z.object({ a: z.int() }).parse({ a: 1 })).toEqual({ a: 1 });
  expect(() => z.object({ a: z.int() }).toJSONSchema()).toThrow('left out of the bundles');
});
