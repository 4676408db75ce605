import { expect, test } from 'vitest';
import { create, example } from '../../support/example.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Stage } from '../stage.ts';

const { streamType, createdType, otherTypes, subscription } = example;

export const logPage = ({ open, system }: Stage): void => {
  test('shows an event as it comes, and filters by what the address says', async () => {
    const page = await open(`/console/log?type=${createdType}`);
    const { id } = await create(system().http);
    const row = page.getByRole('row').filter({ has: page.getByTitle(`${streamType}-${id}`) });
    await row.getByRole('link', { name: createdType }).waitFor();
    await page.getByRole('searchbox', { name: 'Stream id' }).fill(`${streamType}-${id}`);
    await page.keyboard.press('Enter');
    await waitFor('the filtered row alone', async () => (await page.locator('tbody tr').count()) === 1);
    expect(new URL(page.url()).searchParams.get('stream_id')).toBe(`${streamType}-${id}`);
    await page.getByRole('combobox', { name: 'Type' }).selectOption(otherTypes[0] ?? '');
    await page.getByText('No event is like that.').waitFor();
    await page.goBack();
    await row.waitFor();
  });

  test('stays quick with thousands of events: a page at a time, back and forth', async () => {
    const { http } = system();
    for (let round = 0; round < 6; round += 1)
      await Promise.all(Array.from({ length: 20 }, () => create(http)));
    const page = await open('/console/log');
    await waitFor('a full page', async () => (await page.locator('tbody tr').count()) === 50);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'Newest', exact: true }).waitFor();
    await waitFor('the next page', async () => (await page.locator('tbody tr').count()) === 50);
    await page.getByRole('link', { name: 'Newest', exact: true }).click();
    await page.getByRole('button', { name: 'Following' }).waitFor();
  });

  test('opens an event with its data and where it is at each subscriber', async () => {
    const page = await open('/console/log');
    await page.getByRole('link', { name: createdType }).first().click();
    const where = page.getByRole('table', { name: 'Where the event is' });
    await where.getByText('applied').waitFor();
    expect(await where.innerText()).toContain(subscription);
    await page.getByRole('region', { name: 'Data of the event', exact: true }).waitFor();
  });
};
