import { expect, test } from 'vitest';
import { type System, startSystem } from '../support/system.ts';
import { openTicket } from '../support/tickets.ts';
import { waitFor } from '../support/wait-for.ts';

/** Opens tickets until the system is gone; gives each id that was acknowledged. */
async function openUntilGone(system: System, acknowledged: string[]): Promise<void> {
  const { http } = system;
  for (;;) {
    const ticket = await openTicket(http).catch(() => undefined);
    if (!ticket) return;
    acknowledged.push(ticket.id);
  }
}

test('no acknowledged ticket is lost when everything is killed under load', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem({ embedded: true });
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, () => openUntilGone(system, acknowledged));
  await waitFor('200 acknowledged tickets', () => acknowledged.length >= 200, { timeoutMs: 60_000 });
  await system.kill9();
  await Promise.all(writers);

  await system.restart();
  const tickets = system.write.collection<{ _id: string }>('tickets');
  const events = system.write.collection('events');
  const there = await tickets.distinct('_id', { _id: { $in: acknowledged } });
  expect(there).toHaveLength(acknowledged.length);
  expect(await events.countDocuments({ version: 1 })).toBe(await tickets.countDocuments());
  const readModel = system.read.collection('ticket_views');
  await waitFor(
    'every ticket in the read model',
    async () => (await readModel.countDocuments()) === (await tickets.countDocuments()),
    { timeoutMs: 60_000 },
  );
  expect(await openTicket(system.http)).toMatchObject({ version: 1 });
  await system.stop();
});
