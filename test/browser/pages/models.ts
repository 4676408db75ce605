import { expect, test } from 'vitest';
import { example } from '../../support/example.ts';
import type { Stage } from '../stage.ts';

export const modelsPage = ({ open, system, operators }: Stage): void => {
  test('a dry run finds what drifted, and changes nothing', async () => {
    const { domains } = (await operators().get('/ops/system')).object() as {
      domains: { name: string; read_models: { collection: string }[] }[];
    };
    const [model] = domains.find(({ name }) => name === example.name)?.read_models ?? [];
    const documents = system().read.collection<{ _id: string }>(model?.collection ?? '');
    await documents.insertOne({ _id: 'added-by-hand' });
    const page = await open('/console/read-models');
    await page.getByRole('button', { name: `Check ${example.projection} for drift` }).click();
    await page.getByText('1 document differs').waitFor();
    expect(await documents.countDocuments({ _id: 'added-by-hand' })).toBe(1);
    await documents.deleteOne({ _id: 'added-by-hand' });
  });

  test('a replay runs from a position to the end of the log', async () => {
    const page = await open('/console/read-models');
    await page.getByLabel('Subscriber').selectOption(example.subscription);
    await page.getByLabel('From position').fill('0');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page
      .getByText(/[\d,]+ scanned/)
      .first()
      .waitFor();
  });
};
