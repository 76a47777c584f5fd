/** Every target reads its kept corpus and some thousands of mutations of it; `npm run fuzz` searches for longer. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from '../house/tree.ts';
import { coversOf, readCorpus, targetFile, targetNames } from './engine/corpus.ts';
import { fuzz } from './engine/watched.ts';

/** Inputs of each target in CI: whichever ends first. The seed is fixed, so that a red run can be repeated. */
const RUNS = 20_000;
const SECONDS = 5;

test.for(targetNames())('%s: no crash, no hang, no forgotten rejection', async (name) => {
  const { outcome } = await fuzz({
    name,
    seed: 20_261_130,
    until: { runs: RUNS, seconds: SECONDS },
    keep: false,
  });
  const told = outcome.finds.map(
    ({ what, text, input }) => `${what}: ${text}\n${JSON.stringify(Buffer.from(input).toString('latin1'))}`,
  );
  expect(told).toEqual([]);
  // A target whose imports moved would cover nothing, and pass.
  expect(outcome.branches).toBeGreaterThan(10);
  expect(outcome.reached / outcome.branches).toBeGreaterThan(0.3);
});

test('what targets cover is there', () => {
  for (const name of targetNames())
    for (const path of coversOf(targetFile(name)))
      expect([name, path, existsSync(`${root}/${path}`)]).toEqual([name, path, true]);
});

test('every target has kept inputs, and few enough for a repository', () => {
  for (const name of targetNames()) {
    const kept = readCorpus(name);
    expect([name, kept.length > 0]).toEqual([name, true]);
    expect([name, kept.reduce((sum, { length }) => sum + length, 0) < 100_000]).toEqual([name, true]);
  }
});
