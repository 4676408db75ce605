import { expect, test } from 'vitest';
import { seed } from '../../bench/seed.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Stage } from '../stage.ts';

const tickets = 50_000;

export const modelsPage = ({ open, system, operators }: Stage): void => {
  test('a rebuild of 50,000 tickets is seen from its beginning to its end', async () => {
    await seed(system().write, 'tickets', [0, tickets]);
    const page = await open('/console/read-models');
    await page.getByRole('button', { name: 'Rebuild tickets' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain(`npx sls invoke -f rebuild --data '{"projection":"tickets"}'`);
    await dialog.getByRole('button', { name: 'Rebuild' }).click();
    const bar = page.getByRole('progressbar', { name: 'rebuild of tickets' });
    const seen = new Set<number>();
    await waitFor(
      'the end of the bar',
      async () => {
        const value = await bar.getAttribute('aria-valuenow', { timeout: 50 }).catch(() => null);
        if (value !== null) seen.add(Number(value));
        return (await page.getByText(/[\d,]+ scanned/).count()) > 0;
      },
      { timeoutMs: 60_000 },
    );
    expect([...seen].length).toBeGreaterThan(1);
    expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
    expect(await system().read.collection('ticket_views').countDocuments()).toBeGreaterThanOrEqual(tickets);
  });

  test('a dry run finds what drifted, and changes nothing', async () => {
    const { domains } = (await operators().get('/ops/system')).object() as {
      domains: { name: string; read_models: { collection: string }[] }[];
    };
    const [orders] = domains.find(({ name }) => name === 'orders')?.read_models ?? [];
    const views = system().read.collection<{ _id: string }>(orders?.collection ?? '');
    await views.insertOne({ _id: 'added-by-hand' });
    const page = await open('/console/read-models');
    await page.getByRole('button', { name: 'Check orders for drift' }).click();
    await page.getByText('1 document differs').waitFor();
    expect(await views.countDocuments({ _id: 'added-by-hand' })).toBe(1);
    await views.deleteOne({ _id: 'added-by-hand' });
  });

  test('a replay runs from a position to the end of the log', async () => {
    const page = await open('/console/read-models');
    await page.getByLabel('Subscriber').selectOption('orders-projector');
    await page.getByLabel('From position').fill('0');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page
      .getByText(/[\d,]+ scanned/)
      .first()
      .waitFor();
  });
};
