import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ALONE, IN_PAIRS, LONGEST } from './e2e/alone.ts';

/** A test that waits longer than this for real media, a database or a browser is stuck. */
const E2E_LIMIT_MS = 120_000;
/** They take milliseconds; this is for the slowest machine, and for codecs that are compiled first. */
const UNIT_LIMIT_MS = 60_000;
/** Files at once: what does not measure may share the processors, but must get them. */
const AT_ONCE = Math.max(2, availableParallelism());

const E2E = {
  testTimeout: E2E_LIMIT_MS,
  hookTimeout: E2E_LIMIT_MS,
  // Real time on a machine that may stand still for a moment: a fault of ours fails three times.
  retry: 2,
  globalSetup: 'e2e/rig/prepare.ts',
};
const filesOf = (named: object): string[] => Object.keys(named).map((name) => `e2e/${name}.test.ts`);
const alone = filesOf(ALONE);
const pairs = filesOf(IN_PAIRS);

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}.test.ts`));
  return rank < 0 ? LONGEST.length : rank;
};
/** Begins each project with its longest files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = Map.groupBy(sorted, ({ project }) => project.name);
    return [...projects.values()].flatMap((list) => list.sort((a, b) => rankOf(a) - rankOf(b)));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'web/**/*.test.{ts,tsx}',
            'test/house/**/*.test.ts',
            'test/journey/**/*.test.ts',
            'test/chaos/**/*.test.ts',
          ],
          maxWorkers: AT_ONCE,
          // No part keeps anything of its own outside of what it opens, so files may share a process and what it has loaded.
          isolate: false,
          testTimeout: UNIT_LIMIT_MS,
          hookTimeout: UNIT_LIMIT_MS,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          maxWorkers: AT_ONCE,
          testTimeout: UNIT_LIMIT_MS,
          hookTimeout: UNIT_LIMIT_MS,
        },
      },
      {
        test: {
          // Each search is a process and a thread of its own; its inputs are bounded, so that all take a minute or two.
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          maxWorkers: AT_ONCE,
          testTimeout: E2E_LIMIT_MS,
          hookTimeout: UNIT_LIMIT_MS,
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: [...pairs, ...alone],
          // They wait more than they work.
          maxWorkers: AT_ONCE + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e-pairs',
          include: pairs,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...E2E,
          name: 'e2e-alone',
          include: alone,
          // They measure: two at once would measure each other.
          fileParallelism: false,
          maxWorkers: 1,
          // So do the tests of one file that wait side by side.
          maxConcurrency: 3,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
