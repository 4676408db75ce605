import { expect, test } from 'vitest';
import { creating, example, shown, written } from '../../support/example.ts';
import type { Stage } from '../stage.ts';

const script = '<script>document.title = "taken"</script><img src=x onerror="document.title = \'taken\'">';
const backwards = '\u202egnp.exe';
const hostile = `${script} ${backwards} שלום 👩‍🚀`;
const { streamType, subscription } = example;

export const hostileData = ({ open, system }: Stage): void => {
  test('is text on every page that shows it, and keeps to its place', async () => {
    const { http } = system();
    const correlationId = `<b>${'c'.repeat(100)}`;
    const { path: creation, body } = await creating(http);
    // The longest of its texts may be long; each of them is hostile.
    const texts = Object.entries(body ?? {}).filter(([, value]) => typeof value === 'string');
    const spoilt = texts.map(([name], index) => [
      name,
      index === texts.length - 1 ? `${hostile} ${'x'.repeat(9_000)}` : hostile,
    ]);
    const sent = await http.post(
      creation,
      { ...body, ...Object.fromEntries(spoilt) },
      { 'x-correlation-id': correlationId },
    );
    expect(sent.status, sent.text).toBe(201);
    const { id } = written(sent.object());
    await shown(http, { id, version: 1 });
    const paths = [
      `/console/log?stream_id=${streamType}-${id}`,
      `/console/aggregate/${streamType}-${id}`,
      `/console/trace/${encodeURIComponent(correlationId)}`,
      `/console/dead-letters?subscription=${encodeURIComponent(script)}`,
      `/console/log?type=${encodeURIComponent(script)}&correlation_id=${encodeURIComponent(backwards)}`,
      `/console/aggregate/${encodeURIComponent(script)}`,
      `/console/${encodeURIComponent(script)}`,
    ];
    for (const path of paths) {
      const page = await open(path, { width: 390 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('Asking …').waitFor({ state: 'detached' });
      expect(await page.title(), path).toMatch(/Tandem$/);
      expect(await page.locator('main img, main script').count(), path).toBe(0);
      const isWithin = await page.evaluate(
        'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
      );
      expect(isWithin, `${path} scrolls sideways`).toBe(true);
      await page.close();
    }
    const page = await open(`/console/aggregate/${streamType}-${id}`);
    await page.getByText('<script>').first().waitFor();
    expect(await page.locator('main').innerText()).toContain('\\u202egnp.exe');
  });

  test('in a dead letter is text as well', async () => {
    const queue = await system().queue(subscription);
    await queue.send(`${script} is no JSON`);
    const page = await open(`/console/dead-letters?subscription=${subscription}`);
    const cause = page.getByRole('article').filter({ hasText: subscription });
    await cause.getByRole('link', { name: subscription }).click({ timeout: 30_000 });
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('region', { name: 'Body of the message' }).getByText('<script>').waitFor();
    expect(await page.title()).toMatch(/Tandem$/);
    await system().invoke('discard', { subscription: subscription, reason: 'hostile' });
  });
};
