import { defineConfig } from 'vitest/config';

/** A test that waits longer than this for real media, a database or a browser is stuck. */
const E2E_LIMIT_MS = 120_000;
/** They take milliseconds; this is for the slowest machine, and for codecs that are compiled first. */
const UNIT_LIMIT_MS = 60_000;

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
          testTimeout: UNIT_LIMIT_MS,
          hookTimeout: UNIT_LIMIT_MS,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: UNIT_LIMIT_MS,
          hookTimeout: UNIT_LIMIT_MS,
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
          // Real time on a machine that may stand still for a moment: a fault of ours fails three times.
          retry: 2,
        },
      },
    ],
  },
});
