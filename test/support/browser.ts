// A real browser on the console, as a person has it.
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium as launcher, type Page } from 'playwright-core';

export interface Look {
  scheme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** What is kept in the tab already, as after the token form. */
  token?: string;
}

export interface OpenBrowser {
  /** A page of its own, at this address. */
  open(address: string, look?: Look): Promise<Page>;
  close(): Promise<void>;
}

const patienceMs = 15_000;

// The package's own arguments would switch off what a user's browser does for safety.
const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];

/** What browsers complain of: errors, dialogs, what a policy refuses. Taking them empties the list. */
export const createComplaints = () => {
  let found: string[] = [];
  return {
    watch(page: Page): void {
      page.on('pageerror', (error) => found.push(error.message));
      page.on('dialog', (dialog) => {
        found.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss().catch(() => undefined);
      });
      page.on('console', (message) => {
        // A refused or failed request is a line of its own in the console; tests look at what the page makes of it.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          found.push(message.text());
      });
    },
    take(): string[] {
      const taken = found;
      found = [];
      return taken;
    },
  };
};

export const launchBrowser = async (complaints = createComplaints()): Promise<OpenBrowser> => {
  const browser: Browser = await launcher.launch({ executablePath: await chromium.executablePath(), args });
  const contexts: BrowserContext[] = [];
  return {
    async open(address, { scheme = 'light', width = 1_280, height = 900, token } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      if (token !== undefined && token !== '')
        await context.addInitScript(`sessionStorage.setItem('tandem.ops-token', ${JSON.stringify(token)})`);
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      complaints.watch(page);
      await page.goto(address);
      return page;
    },
    async close() {
      await Promise.allSettled(contexts.map((context) => context.close()));
      await browser.close();
    },
  };
};
