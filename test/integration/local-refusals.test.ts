import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { findMongod } from '../../lib/local/mongod-binary.ts';
import { freePort } from '../../lib/local/ports.ts';
import { checkDatabase } from '../../lib/local/reachable.ts';
import { guarded } from '../support/guard.ts';

const start = (env: Record<string, string>) =>
  new Promise<{ code: unknown; text: string }>((resolve) => {
    const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
    execFile(process.execPath, ['lib/local/start.ts'], { env: environment }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, text: `${out}${err}`.trim() }),
    );
  });

describe('npm start says in one sentence what to do', () => {
  test('when the data directory cannot be used', async () => {
    const file = join(mkdtempSync(join(inject('runDir'), 'refusals-')), 'file');
    writeFileSync(file, '');
    const { code, text } = await start({ TANDEM_DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(text).toMatch(
      /^The data directory .* cannot be used \(.*\): make it writable, or set TANDEM_DATA_DIR to another\.$/,
    );
  });

  test('when one port is to serve two things', async () => {
    const dataDir = mkdtempSync(join(inject('runDir'), 'refusals-'));
    const port = String(await freePort());
    const { code, text } = await start({ TANDEM_DATA_DIR: dataDir, HTTP_PORT: port, LAMBDA_PORT: port });
    expect(code).toBe(1);
    expect(text).toBe(`HTTP_PORT and LAMBDA_PORT are both ${port}: give each its own.`);
  });
});

test('a MongoDB that is no replica set is refused in one sentence', async () => {
  const dbPath = mkdtempSync(join(inject('runDir'), 'standalone-'));
  const { path } = await findMongod(dbPath, () => undefined);
  const port = await freePort();
  const options = ['--nounixsocket', '--quiet', '--bind_ip', '127.0.0.1'];
  const child = spawn(path, ['--dbpath', dbPath, '--port', String(port), ...options], {
    detached: true,
    stdio: 'ignore',
  });
  const unguard = guarded(inject('runDir'), child.pid ?? 0);
  onTestFinished(() => {
    child.kill('SIGKILL');
    unguard();
  });
  const url = `mongodb://127.0.0.1:${port}/x`;
  await expect
    .poll(() => checkDatabase('WRITE_DB_URL', url).catch((error: Error) => error.message), {
      timeout: 30_000,
    })
    .toBe(
      'The MongoDB of WRITE_DB_URL is not a replica set, which transactions need: start it with --replSet, or use `npm start` without WRITE_DB_URL, which brings its own.',
    );
});
