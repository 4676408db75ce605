import { expect, test } from 'vitest';
import type { Stage } from '../stage.ts';

export const tryItPage = ({ open }: Stage): void => {
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
};
