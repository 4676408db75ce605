import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { change, create, example, shown } from '../../support/example.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Stage } from '../stage.ts';

const { subscription, collection } = example;

export const lettersPage = ({ open, system }: Stage): void => {
  const refuse = (validator: object) => system().read.command({ collMod: collection, validator });

  test('show a message that fails, and it vanishes when it is put back after its cause is gone', async () => {
    const { http } = system();
    const { id } = await create(http);
    await shown(http, { id, version: 1 });
    const page = await open('/console/dead-letters');
    await page.getByText('No dead letters, and no parked events.').waitFor();
    await refuse({ _id: { $ne: id } });
    const changed = await change(http, id);
    const cause = page.getByRole('article').filter({ hasText: subscription });
    await cause.getByText('1 dead letter').first().waitFor({ timeout: 30_000 });
    await refuse({});
    await cause.getByRole('button', { name: 'Put back' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('npx sls invoke -f redrive').waitFor();
    await dialog.getByRole('button', { name: 'Put back' }).click();
    await page.getByText('No dead letters, and no parked events.').waitFor();
    await shown(http, changed);
  });

  test('are discarded with a reason, which stays on record', async () => {
    const queue = await system().queue(subscription);
    await queue.send(JSON.stringify({ event_id: randomUUID(), version: -1 }));
    const page = await open('/console/dead-letters');
    const cause = page.getByRole('article').filter({ hasText: subscription });
    await cause.getByRole('link', { name: subscription }).click({ timeout: 30_000 });
    await page.getByRole('table', { name: 'Dead letters of this cause' }).getByRole('link').first().click();
    await page.getByRole('region', { name: 'Body of the message' }).getByText('"version": -1').waitFor();
    await page.getByRole('link', { name: 'All of this cause' }).click();
    await cause.getByRole('button', { name: 'Discard' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Discard' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('sent by hand');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('No dead letters, and no parked events.').waitFor();
    await page.getByRole('link', { name: 'Actions' }).click();
    await page.getByRole('row').filter({ hasText: 'Reason: sent by hand' }).getByText('done').waitFor();
    expect(
      await system().read.collection('discarded_letters').countDocuments({ reason: 'sent by hand' }),
    ).toBe(1);
  });

  test('thousands of one cause are shown a page at a time', async () => {
    const letters = system().read.collection<{ _id: string }>('dead_letters');
    const at = new Date();
    const made = Array.from({ length: 5_000 }, (_, index) => ({
      _id: `${subscription}/made-${index}`,
      subscription,
      message_id: `made-${index}`,
      fingerprint: 'made',
      error: { name: 'Error', message: 'made for this test' },
      first_at: at,
      last_at: at,
      attempts: 2,
      dead: true,
      replays: 0,
      body: '{}',
    }));
    await letters.insertMany(made, { ordered: false });
    const page = await open(`/console/dead-letters?subscription=${subscription}&fingerprint=made`);
    await page.getByText('5,000 dead letters').first().waitFor();
    await waitFor('one page of them', async () => (await page.locator('tbody tr').count()) === 50);
    await page.getByRole('link', { name: 'Earlier' }).click();
    await page.getByRole('link', { name: 'Latest' }).waitFor();
    await letters.deleteMany({ fingerprint: 'made' });
  });
};
