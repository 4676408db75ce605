// Takes the pictures in console/pictures: `node test/browser/pictures.ts` while `npm start` runs.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { launchBrowser } from '../support/browser.ts';
import { entries } from '../support/entries.ts';
import { change, create, example, written } from '../support/example.ts';
import { httpClient } from '../support/http.ts';
import { openQueue } from '../support/queues.ts';
import { waitFor } from '../support/wait-for.ts';

const { subscription } = example;
const stateFile = `${process.env['TANDEM_DATA_DIR'] || '.local'}/state.json`;
const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, string>;
const url = state['http_url'] ?? '';
const http = httpClient(url);
const folder = 'console/pictures';

/** One of each kind of aggregate, changed: what one request caused is seen in its trace. */
const createAll = async (headers: Record<string, string>): Promise<void> => {
  for (const { http: overHttp } of entries) {
    const made = new Map<string, string>();
    for (const [n, { name, create: toCall, changes }] of overHttp.kinds.entries()) {
      const call = toCall(n, (kind) => made.get(kind));
      if (call === undefined) continue;
      const { id } = written((await http.post(call.path, call.body, headers)).object());
      made.set(name, id);
      const [changed] = changes.map((change) => change(id, n + 1));
      if (changed !== undefined) await http.call(changed.method, changed.path, { body: changed.body });
    }
  }
};

/** Something to be seen, and two messages that nobody can apply. */
const enliven = async (): Promise<{ stream: string; correlationId: string }> => {
  const correlationId = randomUUID();
  const headers = { 'x-correlation-id': correlationId };
  const { id } = await create(http, headers);
  await change(http, id);
  await change(http, id);
  await createAll(headers);
  const queue = await openQueue(state['sqs_endpoint'] ?? '', `${state['queue_prefix']}-${subscription}`);
  await queue.send(JSON.stringify({ event_id: randomUUID(), version: -1 }));
  await queue.send('not { json');
  await waitFor(
    'two dead letters',
    async () => ((await http.get('/dead-letters')).object()['groups'] as object[]).length > 1,
    { timeoutMs: 60_000 },
  );
  return { stream: `${example.streamType}-${id}`, correlationId };
};

const keepBusy = async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await create(http);
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
