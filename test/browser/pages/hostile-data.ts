import { expect, test } from 'vitest';
import { listed } from '../../support/tickets.ts';
import type { Stage } from '../stage.ts';

const script = '<script>document.title = "taken"</script><img src=x onerror="document.title = \'taken\'">';
const backwards = '\u202egnp.exe';
const subject = `${script} ${backwards} שלום 👩‍🚀`;

export const hostileData = ({ open, system }: Stage): void => {
  test('is text on every page that shows it, and keeps to its place', async () => {
    const { http } = system();
    const message = `${script} ${'x'.repeat(9_000)}`;
    const correlationId = `<b>${'c'.repeat(100)}`;
    const sent = await http.post(
      '/tickets',
      { customer_id: script, subject, message },
      {
        'x-correlation-id': correlationId,
      },
    );
    const id = String(sent.object()['id']);
    await listed(http, { id, version: 1 });
    const paths = [
      `/console/log?stream_id=Ticket-${id}`,
      `/console/aggregate/Ticket-${id}`,
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
    const page = await open(`/console/aggregate/Ticket-${id}`);
    await page.getByText('<script>').first().waitFor();
    expect(await page.locator('main').innerText()).toContain('\\u202egnp.exe');
  });

  test('of 100 kB is shown by its beginning, and whole when it is asked for', async () => {
    const { http } = system();
    const value = 'y'.repeat(60_000);
    await http.post('/write', { key: 'long', value });
    const page = await open('/console/log?type=RecordWritten');
    await page.getByRole('table').getByRole('link', { name: 'RecordWritten' }).first().click();
    const data = page.getByRole('region', { name: 'Data of the event', exact: true });
    await data.waitFor();
    expect((await data.innerText()).length).toBeLessThan(5_000);
    await page.getByRole('button', { name: /Show all \(6\d kB\)/ }).click();
    expect((await data.innerText()).length).toBeGreaterThan(60_000);
  });

  test('in a dead letter is text as well', async () => {
    const queue = await system().queue('orders-projector');
    await queue.send(`${script} is no JSON`);
    const page = await open('/console/dead-letters?subscription=orders-projector');
    const cause = page.getByRole('article').filter({ hasText: 'orders-projector' });
    await cause.getByRole('link', { name: 'orders-projector' }).click({ timeout: 30_000 });
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('region', { name: 'Body of the message' }).getByText('<script>').waitFor();
    expect(await page.title()).toMatch(/Tandem$/);
    await system().invoke('discard', { subscription: 'orders-projector', reason: 'hostile' });
  });
};
