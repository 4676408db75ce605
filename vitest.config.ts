import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Pure tests need nothing; the others share one mongod and one queue server, started by test/support/run.ts.
const run = './test/support/run.ts';

/** What has a system of its own may run beside others; what shares one, and looks at all that is in it, may not. */
const alone = globSync('test/{e2e,browser}/**/*.test.ts').filter((file) =>
  /useOwnSystem|startSystem/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    allowOnly: false,
    hookTimeout: 120_000,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,contract}/**/*.test.ts'],
          globalSetup: run,
          testTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: alone,
          globalSetup: run,
          testTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: alone,
          globalSetup: run,
          testTimeout: 90_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'systems',
          include: alone,
          globalSetup: run,
          testTimeout: 90_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // Looks back at what the others have seen.
        test: {
          name: 'document',
          include: ['test/document/**/*.test.ts'],
          globalSetup: run,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
