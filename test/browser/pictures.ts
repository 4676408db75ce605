// Takes the pictures in console/pictures: `node test/browser/pictures.ts` while `npm start` runs.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { launchBrowser } from '../support/browser.ts';
import { httpClient } from '../support/http.ts';
import { openQueue } from '../support/queues.ts';
import { waitFor } from '../support/wait-for.ts';

const subscription = 'tickets-projector';
const stateFile = `${process.env['TANDEM_DATA_DIR'] || '.local'}/state.json`;
const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, string>;
const url = state['http_url'] ?? '';
const http = httpClient(url);
const folder = 'console/pictures';

/** Something to be seen: tickets that change, an order, and two messages that nobody can apply. */
const enliven = async (): Promise<{ stream: string; correlationId: string }> => {
  const correlationId = randomUUID();
  const body = {
    customer_id: 'c-1',
    subject: 'No sound',
    message: 'The speaker is silent since the update.',
  };
  const opened = await http.post('/tickets', body, { 'x-correlation-id': correlationId });
  const id = String(opened.object()['id']);
  await http.patch(`/tickets/${id}/status`, { new_status: 'in_progress' });
  await http.patch(`/tickets/${id}/note`, { note: 'Called back.' });
  const supplier = String((await http.post('/suppliers', { name: 'Acme' })).object()['id']);
  const lamp = { name: 'Lamp', price: 19.99, cost_price: 7.5, stock: 12, supplier_id: supplier };
  const product = String((await http.post('/products', lamp)).object()['id']);
  await http.patch(`/products/${product}/stock`, { new_stock: 3 }, { 'x-correlation-id': correlationId });
  const queue = await openQueue(state['sqs_endpoint'] ?? '', `${state['queue_prefix']}-${subscription}`);
  await queue.send(JSON.stringify({ event_id: randomUUID(), version: -1 }));
  await queue.send('not { json');
  await waitFor(
    'two dead letters',
    async () => ((await http.get('/dead-letters')).object()['groups'] as object[]).length > 1,
    { timeoutMs: 60_000 },
  );
  return { stream: `Ticket-${id}`, correlationId };
};

const keepBusy = async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await http.post('/tickets', { customer_id: 'c-2', subject: 'Printer', message: 'It burns.' });
    await http.post('/write', { key: 'k', value: 'v' });
    await pause(300);
  }
};

const takeAll = async (pages: Record<string, string>): Promise<void> => {
  const browser = await launchBrowser();
  for (const scheme of ['light', 'dark'] as const) {
    for (const [name, path] of Object.entries(pages)) {
      const page = await browser.open(`${url}${path}`, {
        scheme,
        width: 1_200,
        height: name === 'flow' ? 860 : 600,
      });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('Asking …').waitFor({ state: 'detached' });
      await page
        .getByText(/(within|out of) contract/)
        .first()
        .waitFor();
      // The charts of the flow begin when it is opened.
      if (name === 'flow') await pause(20_000);
      await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
      await page.context().close();
    }
  }
  await browser.close();
};

mkdirSync(folder, { recursive: true });
const { stream, correlationId } = await enliven();
const load = new AbortController();
const busy = keepBusy(load.signal);
await takeAll({
  flow: '/console',
  log: '/console/log',
  trace: `/console/trace/${correlationId}`,
  aggregate: `/console/aggregate/${stream}?version=2`,
  'dead-letters': '/console/dead-letters',
  'read-models': '/console/read-models',
  actions: '/console/actions',
  'try-it': '/console/try-it',
});
load.abort();
await busy;
await http.post('/ops/discard', { subscription, reason: 'made for the pictures' });
process.exit(0);
