import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { example } from '../support/example.ts';
import { useOwnSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

const { subscription } = example;
const system = useOwnSystem({ env: { MAX_ATTEMPTS: '2' } });

interface Group {
  subscription: string;
  fingerprint: string;
  count: number;
}

const groups = async () => {
  const { groups: found } = (await system().http.get('/dead-letters')).object();
  return found as Group[];
};
const poison = (version: number) => JSON.stringify({ event_id: randomUUID(), version });

test('dead letters are listed by cause, and once discarded they are gone, with a reason on record', async () => {
  const queue = await system().queue(subscription);
  const deadLetters = await system().queue(`${subscription}-dlq`);
  await queue.send(poison(-1));
  await queue.send('not { json');
  await waitFor('two dead letters', async () => (await deadLetters.depth()) === 2, { timeoutMs: 30_000 });
  const listed = await groups();
  expect(listed.map((group) => [group.subscription, group.count])).toEqual([
    [subscription, 1],
    [subscription, 1],
  ]);
  const [{ fingerprint } = { fingerprint: '' }] = listed;
  const reason = 'sent by hand';
  expect(await system().invoke('discard', { subscription, fingerprint, reason })).toEqual({
    subscription,
    discarded: 1,
    left: 1,
    done: true,
  });
  expect(await groups()).toHaveLength(1);
  expect(await system().invoke('discard', { subscription, reason })).toMatchObject({ discarded: 1, left: 0 });
  expect(await groups()).toEqual([]);
  expect(await deadLetters.depth()).toBe(0);
  expect(await system().read.collection('discarded_letters').countDocuments({ reason })).toBe(2);
});
