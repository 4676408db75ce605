// One browser for a test file. A test fails by itself on whatever the browser complains of.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createComplaints, type Look, launchBrowser, type OpenBrowser } from './browser.ts';

/** Gives what opens a page by its path. */
export const useBrowser = (url: () => string, token?: string) => {
  const complaints = createComplaints();
  let browser: OpenBrowser | undefined;
  const pages: Page[] = [];
  beforeAll(async () => {
    browser = await launchBrowser(complaints);
  });
  afterEach(async () => {
    await Promise.allSettled(pages.splice(0).map((page) => page.context().close()));
    expect(complaints.take()).toEqual([]);
  });
  afterAll(() => browser?.close());
  return async (path: string, look: Look = {}): Promise<Page> => {
    if (browser === undefined) throw new Error('the browser is there from beforeAll on');
    const page = await browser.open(`${url()}${path}`, {
      ...(token === undefined ? {} : { token }),
      ...look,
    });
    pages.push(page);
    return page;
  };
};

export type Open = ReturnType<typeof useBrowser>;
