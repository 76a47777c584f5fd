import { defineConfig } from 'vitest/config';

/** A test that waits longer than this for real media, a database or a browser is stuck. */
const E2E_LIMIT_MS = 120_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'web/**/*.test.{ts,tsx}',
            'test/house/**/*.test.ts',
            'test/journey/**/*.test.ts',
          ],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 15_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: E2E_LIMIT_MS,
          hookTimeout: E2E_LIMIT_MS,
          // They measure delays: two at once would measure each other.
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
    ],
  },
});
