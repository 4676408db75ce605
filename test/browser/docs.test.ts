// The page to read and try the API, as a person sees it.
import { expect, test } from 'vitest';
import { useSystem } from '../support/system.ts';
import { useBrowser } from '../support/use-browser.ts';

const system = useSystem();
const open = useBrowser(() => system().state.http_url);

test('a reader finds an operation and tries it, and nothing is asked of another host', async () => {
  const page = await open('/docs');
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.reload();
  await page.getByRole('heading', { name: /^Tandem/ }).waitFor();
  const operation = page.locator('#operations-system-GET_health');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  expect([...hosts].filter((origin) => origin.startsWith('http'))).toEqual([system().state.http_url]);
});
