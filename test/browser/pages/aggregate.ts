import { expect, test } from 'vitest';
import { change, create, example, shown } from '../../support/example.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Stage } from '../stage.ts';

export const aggregatePage = ({ open, system }: Stage): void => {
  test('shows the state at each version, and what changed', async () => {
    const { http } = system();
    const { id } = await create(http);
    await change(http, id);
    await change(http, id);
    const page = await open(`/console/aggregate/${example.streamType}-${id}`);
    await page.getByRole('heading', { name: 'State at version 3 of 3' }).waitFor();
    await page.getByRole('slider', { name: 'Version' }).press('ArrowLeft');
    await page.getByRole('heading', { name: 'State at version 2 of 3' }).waitFor();
    expect(page.url()).toContain('version=2');
    await page.getByRole('row').filter({ hasText: 'changed from' }).first().waitFor();
  });

  test('marks a read document that somebody broke by hand, and mends it', async () => {
    const { http, read } = system();
    const { id } = await create(http);
    await shown(http, { id, version: 1 });
    const documents = read.collection<{ _id: string; [field: string]: unknown }>(example.collection);
    const before = await documents.findOne({ _id: id });
    const [field = ''] = Object.keys(before ?? {}).filter(
      (name) => name !== '_id' && typeof before?.[name] === 'string',
    );
    await documents.updateOne({ _id: id }, { $set: { [field]: 'broken by hand' } });
    const page = await open(`/console/aggregate/${example.streamType}-${id}`);
    const row = page.getByRole('table', { name: 'Fields that differ' }).getByRole('row');
    await row.filter({ hasText: 'broken by hand' }).waitFor();
    expect(await row.filter({ hasText: 'broken by hand' }).innerText()).toContain(`${before?.[field]}`);
    await page.getByRole('button', { name: 'Mend 1 document' }).click();
    await page.getByText('1 document put right').waitFor();
    await page.getByText('as a replay says').first().waitFor();
    await waitFor('the document as it was', async () => {
      const now = await documents.findOne({ _id: id });
      return now?.[field] === before?.[field];
    });
    await page.goto(`${system().state.http_url}/console/actions`);
    await page
      .getByRole('row')
      .filter({ hasText: `${example.streamType}-${id}` })
      .getByText('mend')
      .first()
      .waitFor();
  });
};
