import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { freePort } from '../../lib/local/ports.ts';
import { databaseUrl } from '../support/database.ts';

/** A checkout of its own, with the packages of this one. */
const checkOut = (): string => {
  const root = mkdtempSync(join(inject('runDir'), 'checkout-'));
  for (const name of ['lib', 'functions', 'console', 'serverless.yml', 'package.json'])
    cpSync(name, join(root, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  return root;
};

const start = async (root: string) => {
  const [http, lambda] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    HTTP_PORT: String(http),
    LAMBDA_PORT: String(lambda),
    WRITE_DB_URL: databaseUrl('broken_write'),
    READ_DB_URL: databaseUrl('broken_read'),
    SQS_ENDPOINT: inject('sqsEndpoint'),
    QUEUE_PREFIX: 'broken',
  };
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['lib/local/start.ts'], { cwd: root, env }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
};

test.concurrent.each([
  [
    'the console',
    'console/app/main.tsx',
    'The console cannot be built (Could not resolve "not-installed" in',
  ],
  [
    'the functions',
    'functions/relay.ts',
    "The functions cannot be loaded (Cannot find package 'not-installed'",
  ],
])('npm start ends at once, and says what to do, when a package of %s is missing', async (_, file, what) => {
  const root = checkOut();
  appendFileSync(join(root, file), "\nimport 'not-installed';\n");
  const { code, out, err } = await start(root);
  expect(code, out + err).toBe(1);
  const lines = `${out}${err}`.split('\n').filter((line) => line.includes('not-installed'));
  expect(lines, out + err).toHaveLength(1);
  expect(lines[0]).toContain(what);
  expect(lines[0]).toMatch(/: run `npm ci`\.$/);
  expect(out + err).not.toMatch(/^\s+at /m);
  expect(err).toContain('The functions did not start: see the lines above.');
});
