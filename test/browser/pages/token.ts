import { expect, test } from 'vitest';
import { example } from '../../support/example.ts';
import type { Stage } from '../stage.ts';

export const tokenForm = ({ open, token, system }: Stage): void => {
  test('is asked for, a wrong one is refused, and the right one opens the console for the life of the tab', async () => {
    const page = await open('/console', { token: '' });
    const field = page.getByLabel("The operators' token");
    await field.fill('a wrong one');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the token that the system was given.').waitFor();
    expect(await page.getByRole('heading', { name: 'Flow' }).count()).toBe(0);
    await field.fill(token);
    await page.keyboard.press('Enter');
    await page.getByText(example.subscription).first().waitFor();
    await page.getByRole('link', { name: 'Actions' }).click();
    await page.getByRole('heading', { name: 'Actions' }).waitFor();
    expect(page.url()).not.toContain(token);
    expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).toBe('{}');
    await page.reload();
    await page.getByRole('heading', { name: 'Actions' }).waitFor();
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByRole('heading', { name: 'Who is there?' }).waitFor();
  });

  test('is not needed for the page itself, which holds no data and lets nothing foreign in', async () => {
    const page = await system().http.get('/console/trace/anything');
    expect(page.status).toBe(200);
    expect(page.header('x-content-type-options')).toBe('nosniff');
    const policy = page.header('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect((await system().http.get('/console/assets/..%2f..%2fpackage.json')).status).toBe(404);
    expect((await system().http.get('/console/assets/index.html')).status).toBe(404);
  });
};
