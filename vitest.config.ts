import { defineConfig } from 'vitest/config';

// Pure tests need nothing; the others share one mongod and one queue server, started by test/support/run.ts.
const run = './test/support/run.ts';

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
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
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
          globalSetup: run,
          testTimeout: 90_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Looks back at what the others have seen.
        test: {
          name: 'document',
          include: ['test/document/**/*.test.ts'],
          globalSetup: run,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
