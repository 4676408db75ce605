import { expect, test } from 'vitest';
import { create, example } from '../../support/example.ts';
import type { Stage } from '../stage.ts';

const { subscription } = example;

export const flowPage = ({ open, system, stopQueues, startQueues }: Stage): void => {
  test('leads from each part to its page', async () => {
    const page = await open('/console');
    const flow = page.getByRole('group', { name: 'The flow from commands to read models' });
    await flow.getByRole('link', { name: /^Log/ }).click();
    await page.getByRole('heading', { name: 'Log' }).waitFor();
    await page.goBack();
    await flow.getByRole('link', { name: new RegExp(`^Queue of ${subscription}`) }).click();
    await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
    expect(new URL(page.url()).searchParams.get('subscription')).toBe(subscription);
  });

  test('tells when the queue server is away, and goes on by itself when it is back', async () => {
    const page = await open('/console');
    const verdict = page.getByText('Within contract', { exact: true });
    await verdict.waitFor();
    await stopQueues();
    await page.getByText(`The queue of ${subscription} does not answer`).waitFor();
    await create(system().http);
    await page.getByText(`${subscription}: 1 behind`).waitFor();
    await startQueues();
    await verdict.waitFor({ timeout: 60_000 });
  });

  test('says that the system cannot be reached, and goes on by itself', async () => {
    const page = await open('/console');
    await page.getByText('Within contract', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('The system cannot be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('The system cannot be reached.').waitFor({ state: 'detached' });
  });

  test('asks for nothing while its tab is hidden', async () => {
    const page = await open('/console');
    const hide = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await page.getByText('Within contract', { exact: true }).waitFor();
    await hide(true);
    await page.waitForLoadState('networkidle');
    let asked = 0;
    page.on('request', () => {
      asked += 1;
    });
    await create(system().http);
    // Longer than the pause between two questions.
    await page.waitForTimeout(3_000);
    expect(asked).toBe(0);
    await hide(false);
    await expect.poll(() => asked).toBeGreaterThan(0);
  });
};
