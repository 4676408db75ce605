// Ports that are kept, and what `npm start` looks at before it starts anything. Source: lib/local/ports.ts, reachable.ts.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createListener, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSetupError } from '../../lib/local/log.ts';
import { becomesFree, freePort, isFree, keptPort } from '../../lib/local/ports.ts';
import { checkDataDir, checkPorts, checkQueues } from '../../lib/local/reachable.ts';

let home: string;
let servers: Server[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tandem-ports-test-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(home, { recursive: true });
});

/** Takes a port as another program would. */
const taken = async (server: Server = createListener()): Promise<number> => {
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
};
const refusal = async (check: Promise<unknown>): Promise<string> => {
  const error = await check.catch((one: unknown) => one);
  expect(isSetupError(error)).toBe(true);
  return String(error).replace('SetupError: ', '');
};

test('a port is free as long as nobody listens there, and free again when that program has ended', async () => {
  const port = await taken();
  expect([await isFree(port), await becomesFree(port, 0)]).toEqual([false, false]);
  const waiting = becomesFree(port, 10_000);
  servers[0]?.close();
  expect([await waiting, await isFree(port)]).toEqual([true, true]);
});

test('a new port lies below those that outgoing connections are given', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(10_000);
  expect(port).toBeLessThan(32_000);
  expect(await freePort(0)).toBeGreaterThan(0);
});

test('a part has the port of its last time, once it has listened there', async () => {
  const first = await keptPort(home, 'part');
  expect(first.previous).toBeUndefined();
  expect(readdirSync(home)).toEqual([]);
  await first.keep();
  expect(await keptPort(home, 'part', true)).toMatchObject({ port: first.port, previous: first.port });
  expect((await keptPort(home, 'another')).previous).toBeUndefined();
  writeFileSync(join(home, 'part.port.json'), '{"port":');
  expect((await keptPort(home, 'part')).previous).toBeUndefined();
});

test('a part whose port is unknown cannot be where others know it', async () => {
  expect(await refusal(keptPort(home, 'part', true))).toContain('was taken by another program');
});

test('two ports that are one, or that a program has, are refused with the setting to change', async () => {
  const [port, other] = [await taken(), await freePort()];
  expect(await refusal(checkPorts({ httpPort: other, lambdaPort: other }))).toBe(
    `HTTP_PORT and LAMBDA_PORT are both ${other}: give each its own.`,
  );
  const sentence = (setting: string) =>
    `Port ${port} is taken: end the program that has it, or set ${setting} to a free port.`;
  expect(await refusal(checkPorts({ httpPort: port, lambdaPort: other }))).toBe(sentence('HTTP_PORT'));
  expect(await refusal(checkPorts({ httpPort: other, lambdaPort: port }))).toBe(sentence('LAMBDA_PORT'));
  const waiting = checkPorts({ httpPort: port, lambdaPort: other }, 10_000);
  servers[0]?.close();
  await waiting;
});

test('a directory in which files can be made stays as it was; another is refused', async () => {
  await checkDataDir(join(home, 'new'));
  expect(readdirSync(join(home, 'new'))).toEqual([]);
  writeFileSync(join(home, 'file'), '');
  expect(await refusal(checkDataDir(join(home, 'file')))).toMatch(
    /^The data directory .*\/file cannot be used \(E\w+: .*\): make it writable, or set TANDEM_DATA_DIR to another\.$/,
  );
});

test('a queue server that answers is taken, and one that does not is named by its setting', async () => {
  const answers = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  const endpoint = `http://127.0.0.1:${await taken(answers)}`;
  await checkQueues(endpoint, 'eu-central-1');
  answers.close();
  answers.closeAllConnections();
  expect(await refusal(checkQueues(endpoint, 'eu-central-1'))).toMatch(
    /^SQS_ENDPOINT cannot be reached \(.*ECONNREFUSED.*\): start that server, or use `npm start` without SQS_ENDPOINT/,
  );
});
