// Tickets in the console, as a person sees it.
import { expect, test } from 'vitest';
import { seed } from '../bench/tickets-seed.ts';
import { useSystem } from '../support/system.ts';
import { useBrowser } from '../support/use-browser.ts';
import { waitFor } from '../support/wait-for.ts';

const tickets = 50_000;
const system = useSystem();
const open = useBrowser(() => system().state.http_url);

test('sends a ticket, and shows what it causes up to the read document', async () => {
  const page = await open('/console/try-it?call=POST%20%2Ftickets');
  const field = (name: string) => page.getByRole('textbox', { name });
  await field('customer_id').fill('c-1');
  await field('subject').fill('No sound');
  await field('message').fill('The speaker is silent since the update.');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('201 accepted').waitFor();
  await page.getByText('Everything has taken effect').waitFor();
  const waterfall = page.getByRole('table', { name: 'All that the request caused' });
  expect(await waterfall.innerText()).toMatch(/TicketCreated[\s\S]*tickets-projector[\s\S]*applied/);
  await waterfall.getByRole('link', { name: 'TicketCreated' }).click();
  await page.getByRole('heading', { name: 'TicketCreated' }).waitFor();
  await page.getByText('No sound').first().waitFor();
});

test('says at each field what is wrong with it', async () => {
  const page = await open('/console/try-it?call=POST%20%2Ftickets');
  const field = (name: string) => page.getByRole('textbox', { name });
  await field('customer_id').fill('c-1');
  await field('subject').fill('');
  await field('message').fill('Something');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('400 refused').waitFor();
  expect(await field('subject').getAttribute('aria-invalid')).toBe('true');
  expect(await field('message').getAttribute('aria-invalid')).toBe('false');
});

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

test('an event of 50 kB is shown by its beginning, and whole when it is asked for', async () => {
  const message = 'y'.repeat(49_000);
  const sent = await system().http.post('/tickets', { customer_id: 'c-1', subject: 'Long', message });
  const page = await open(`/console/log?stream_id=Ticket-${sent.object()['id']}`);
  await page.getByRole('table').getByRole('link', { name: 'TicketCreated' }).first().click();
  const data = page.getByRole('region', { name: 'Data of the event', exact: true });
  await data.waitFor();
  expect((await data.innerText()).length).toBeLessThan(5_000);
  await page.getByRole('button', { name: /Show all \(49.*kB\)/ }).click();
  expect((await data.innerText()).length).toBeGreaterThan(48_000);
});
