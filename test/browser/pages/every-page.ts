import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { violationsOf } from '../../support/axe.ts';
import { create, example } from '../../support/example.ts';
import type { Stage } from '../stage.ts';

const weightLimit = 150_000;

const focused = 'document.activeElement?.textContent';

const pages = [
  ['Flow', '/console'],
  ['Log', `/console/log?type=${example.createdType}`],
  ['Trace', '/console/trace'],
  ['Aggregate', '/console/aggregate'],
  ['Dead letters', '/console/dead-letters'],
  ['Read models', '/console/read-models'],
  ['Actions', '/console/actions'],
  ['Try it', '/console/try-it'],
  ['No such page', '/console/nowhere'],
] as const;

export const everyPage = ({ open, system, operators }: Stage): void => {
  test.each(pages)(
    '%s has nothing that axe finds fault with, light and dark, wide and narrow',
    async (title, path) => {
      for (const look of [{ scheme: 'light' }, { scheme: 'dark', width: 390, height: 800 }] as const) {
        const page = await open(path, look);
        await page.getByRole('heading', { name: title, level: 1 }).waitFor();
        await page.getByText('Asking …').waitFor({ state: 'detached' });
        expect(await violationsOf(page), look.scheme).toEqual([]);
        await page.close();
      }
    },
  );

  test('axe finds no fault with an event, a trace and an aggregate either', async () => {
    const { id } = await create(system().http);
    const { items } = (
      await operators().get(`/ops/events?stream_id=${example.streamType}-${id}`)
    ).object() as {
      items: { event_id: string; metadata: { correlation_id: string } }[];
    };
    const [event] = items;
    const paths = [
      `/console/event/${event?.event_id}`,
      `/console/trace/${event?.metadata.correlation_id}`,
      `/console/aggregate/${example.streamType}-${id}`,
    ];
    for (const path of paths) {
      const page = await open(path);
      await page.getByText('Asking …').waitFor({ state: 'detached' });
      await page.getByText(example.createdType).first().waitFor();
      expect(await violationsOf(page), path).toEqual([]);
      await page.close();
    }
  });

  test('is reached and used by keyboard alone', async () => {
    const page = await open('/console');
    await page.getByRole('heading', { name: 'Flow' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(focused)).toBe('Skip to the page');
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Log' }).waitFor();
    expect(await page.evaluate(focused)).toBe('Log');
  });

  test('shows the way to itself on a narrow page, and moves none of the others on a wide one', async () => {
    const narrow = await open('/console/try-it', { width: 390, height: 800 });
    const link = narrow.getByRole('link', { name: 'Try it', exact: true });
    await narrow.waitForFunction(
      `document.querySelector('nav [aria-current]').getBoundingClientRect().right <= innerWidth`,
    );
    expect(await link.getAttribute('aria-current')).toBe('page');
    const wide = await open('/console/log');
    const last = wide.getByRole('link', { name: 'Try it', exact: true });
    const before = await last.boundingBox();
    await wide.getByRole('link', { name: 'Trace', exact: true }).click();
    await wide.getByRole('heading', { name: 'Trace' }).waitFor();
    expect(await last.boundingBox()).toEqual(before);
  });

  test('weighs at most 150 kB compressed, in files that a browser may keep', async () => {
    const { http, state } = system();
    const page = (await http.get('/console')).text;
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(files.length).toBe(3);
    let weight = gzipSync(page).length;
    for (const file of files) {
      const answer = await http.get(file);
      expect(answer.status, file).toBe(200);
      expect(answer.header('cache-control'), file).toContain('immutable');
      // A browser asks for it compressed.
      const sent = await fetch(new URL(file, state.http_url));
      expect(sent.headers.get('content-encoding'), file).toBe('gzip');
      expect(await sent.text()).toBe(answer.text);
      weight += gzipSync(answer.text).length;
    }
    console.log(`the console weighs ${(weight / 1_000).toFixed(0)} kB compressed`);
    expect(weight).toBeLessThan(weightLimit);
  });
};
