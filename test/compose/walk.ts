// The README's other way up, as far as it goes without Docker: the parts of docker-compose.yml and plain `npx sls offline`.
// The first session, a queue server that restarts empty, half a minute without a database, an end without leftovers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../lib/local/ports.ts';
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

const send = (method: string, path: string, body: object): Promise<Response> =>
  fetch(url + path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const create = async (subject: string): Promise<string> => {
  const answer = await send('POST', '/tickets', { customer_id: 'c-1', subject, message: 'Silent.' });
  assert.equal(answer.status, 201);
  const { id }: { id: string } = JSON.parse(await answer.text());
  return id;
};

const isListed = async (id: string): Promise<boolean> => {
  const answer = await fetch(`${url}/tickets?limit=100`);
  const list: { id: string }[] = JSON.parse(await answer.text());
  return list.some((one) => one.id === id);
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
  await step('a ticket is created, listed and closed', async () => {
    const id = await create('No sound');
    await waitFor('the ticket in the list', () => isListed(id));
    const { status } = await send('PATCH', `/tickets/${id}/status`, { new_status: 'closed' });
    assert.equal(status, 200);
  });
  await step(
    'the queue server restarts empty: its queues come back, and what it lost is healed',
    async () => {
      const before = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`Before ${index}`)));
      await parts.restartQueues();
      const after = await create('After');
      await waitFor('the next ticket in the list', () => isListed(after), { timeoutMs: 30_000 });
      for (const id of before)
        await waitFor('what the queues lost', () => isListed(id), { timeoutMs: 150_000, everyMs: 500 });
    },
  );
  await step('half a minute without a database: 503, and then it goes on by itself', async () => {
    await parts.mongo.kill();
    const endsAt = Date.now() + 30_000;
    const body = { customer_id: 'c-1', subject: 'Away', message: 'Silent.' };
    assert.equal((await send('POST', '/tickets', body)).status, 503);
    await wait(endsAt - Date.now());
    await parts.mongo.start();
    const id = await waitFor('a command to be accepted', () => create('Back'), { timeoutMs: 30_000 });
    await waitFor('it to be listed', () => isListed(id), { timeoutMs: 30_000 });
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
