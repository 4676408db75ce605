import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
import leanBundles from '../../lib/deploy/lean-bundles.ts';

const require = createRequire(createRequire(import.meta.url).resolve('mongodb'));

const load = async (
  entry: string,
  plugins: Plugin[],
  required: string[] = [],
): Promise<Record<string, unknown>> => {
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
  run(module, module.exports, (name: string) => {
    required.push(name);
    return require(name);
  });
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

interface Compression {
  compress(options: { agreedCompressor: string }, data: Buffer): Promise<Buffer>;
  decompress(compressor: number, data: Buffer): Promise<Buffer>;
}

test('a bundle loads what a connection needs, and neither HTTP nor what compresses', async () => {
  const required: string[] = [];
  await load(`export { MongoClient } from 'mongodb'`, leanBundles, required);
  expect(required).toContain('net');
  expect(required).not.toContain('http');
  expect(required).not.toContain('zlib');
});

test('a bundle compresses as the driver does', async () => {
  const file = join(dirname(require.resolve('mongodb')), 'cmap/wire_protocol/compression.js');
  const compressing = `module.exports = require(${JSON.stringify(file)})`;
  const original = (await load(compressing, [])) as Record<string, never> & Compression;
  const bundled = (await load(compressing, leanBundles)) as Record<string, never> & Compression;
  const text = Buffer.from('It burns. '.repeat(20));
  for (const [agreedCompressor, number] of [
    ['zlib', 2],
    ['zstd', 3],
  ] as const) {
    const small = await bundled.compress({ agreedCompressor }, text);
    expect(small).toEqual(await original.compress({ agreedCompressor }, text));
    expect(await bundled.decompress(number, small)).toEqual(text);
  }
});
