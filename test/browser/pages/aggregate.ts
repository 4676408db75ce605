import { expect, test } from 'vitest';
import { listed, openTicket } from '../../support/tickets.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Stage } from '../stage.ts';

export const aggregatePage = ({ open, system }: Stage): void => {
  test('shows the state at each version, and what changed', async () => {
    const { http } = system();
    const { id } = await openTicket(http);
    await http.patch(`/tickets/${id}/status`, { new_status: 'in_progress' });
    await http.patch(`/tickets/${id}/status`, { new_status: 'resolved' });
    const page = await open(`/console/aggregate/Ticket-${id}`);
    await page.getByRole('heading', { name: 'State at version 3 of 3' }).waitFor();
    await page.getByRole('slider', { name: 'Version' }).press('ArrowLeft');
    await page.getByRole('heading', { name: 'State at version 2 of 3' }).waitFor();
    expect(page.url()).toContain('version=2');
    const changed = page.getByRole('row').filter({ hasText: 'changed from open' });
    expect(await changed.innerText()).toMatch(/status\s+in_progress/);
  });

  test('marks a read document that somebody broke by hand, and mends it', async () => {
    const { http, read } = system();
    const ticket = await openTicket(http);
    await listed(http, ticket);
    const views = read.collection<{ _id: string; preview: string }>('ticket_views');
    await views.updateOne({ _id: ticket.id }, { $set: { preview: 'broken by hand' } });
    const page = await open(`/console/aggregate/Ticket-${ticket.id}`);
    const row = page.getByRole('table', { name: 'Fields that differ' }).getByRole('row');
    await row.filter({ hasText: 'broken by hand' }).waitFor();
    expect(await row.filter({ hasText: 'broken by hand' }).innerText()).toContain('It burns since noon.');
    await page.getByRole('button', { name: 'Mend 1 document' }).click();
    await page.getByText('1 document put right').waitFor();
    await page.getByText('as a replay says').first().waitFor();
    await waitFor('the document as it was', async () => {
      const view = await views.findOne({ _id: ticket.id });
      return view?.preview === 'It burns since noon.';
    });
    await page.goto(`${system().state.http_url}/console/actions`);
    await page
      .getByRole('row')
      .filter({ hasText: `Ticket-${ticket.id}` })
      .getByText('mend')
      .first()
      .waitFor();
  });
};
