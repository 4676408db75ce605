// The README's other way up, as far as it goes without Docker: the parts of docker-compose.yml and plain `npx sls offline`.
// The first session, a queue server that restarts empty, half a minute without a database, an end without leftovers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../lib/local/ports.ts';
import { change, create, creating, readPath, type Written } from '../support/example.ts';
import { httpClient } from '../support/http.ts';
import { waitFor } from '../support/wait-for.ts';
import { startParts } from './parts.ts';

const parts = await startParts();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const system = spawn('npx', ['sls', 'offline'], {
  detached: true,
  env: {
    ...process.env,
    ...parts.environment,
    HTTP_PORT: String(port),
    LAMBDA_PORT: String(await freePort()),
    // What a queue has lost is made good within a minute or two, not within the four of AWS.
    RECONCILE_GRACE_MS: '5000',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const ended = once(system, 'exit');
let log = '';
for (const stream of [system.stdout, system.stderr])
  stream.on('data', (chunk) => {
    log += String(chunk);
  });

const http = httpClient(url);

/** Whether the read model has it. */
const isShown = async (at: Written): Promise<boolean> => {
  const answer = await http.get(readPath(at));
  return answer.status === 200 && answer.header('warning') === undefined;
};

const step = async (title: string, work: () => Promise<void>): Promise<void> => {
  await work();
  console.log(`  ${title}`);
};

try {
  await step('`sls offline` comes up beside them', () =>
    waitFor('health', async () => (await fetch(`${url}/health`)).ok, { timeoutMs: 90_000 }).then(
      () => undefined,
    ),
  );
  await step('one is created, changed and shown', async () => {
    const { id } = await create(http);
    const changed = await change(http, id);
    await waitFor('the change to be shown', () => isShown(changed));
  });
  await step(
    'the queue server restarts empty: its queues come back, and what it lost is healed',
    async () => {
      const before = await Promise.all(Array.from({ length: 20 }, () => create(http)));
      await parts.restartQueues();
      const after = await create(http);
      await waitFor('the next one to be shown', () => isShown(after), { timeoutMs: 30_000 });
      for (const one of before)
        await waitFor('what the queues lost', () => isShown(one), { timeoutMs: 150_000, everyMs: 500 });
    },
  );
  await step('half a minute without a database: 503, and then it goes on by itself', async () => {
    const { method, path, body } = await creating(http);
    await parts.mongo.kill();
    const endsAt = Date.now() + 30_000;
    const refused = await http.call(method, path, { body, expect: 503 });
    assert.equal(refused.status, 503);
    await wait(endsAt - Date.now());
    await parts.mongo.start();
    const back = await waitFor('a command to be accepted', () => create(http), { timeoutMs: 30_000 });
    await waitFor('it to be shown', () => isShown(back), { timeoutMs: 30_000 });
  });
  await step('Ctrl-C ends it', async () => {
    process.kill(-Number(system.pid), 'SIGINT');
    await ended;
    await assert.rejects(fetch(`${url}/health`));
  });
  assert.doesNotMatch(log, /\n {4}at |Deprecat/, 'its log has a stack trace or a deprecation');
} catch (error) {
  console.error(log.slice(-6_000));
  throw error;
} finally {
  if (system.exitCode === null && system.signalCode === null) process.kill(-Number(system.pid), 'SIGKILL');
  await parts.stop();
}
