import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from '../../e2e/alone.ts';
import { files } from './tree.ts';

const tests = files(['e2e'], /\.test\.ts$/).map(({ path, text }) => ({
  name: basename(path, '.test.ts'),
  text,
}));
/** What is measured in milliseconds or samples: another test at the same time would change it. */
const MEASURES = /\b(?:heard\((?:page|tab)\)|longestSilence\(|median\(|holes\.slice|p99\b)/;

test('each file of e2e/ that runs alone is there, with its reason', () => {
  const names = tests.map(({ name }) => name);
  for (const [name, reason] of Object.entries(ALONE)) {
    expect(names).toContain(name);
    expect(reason.length, name).toBeGreaterThan(20);
  }
  expect(Object.keys(ALONE)).toEqual(Object.keys(ALONE).toSorted());
});

test('what measures gaps, silences or delays runs alone', () => {
  const measuring = tests.filter(({ text }) => MEASURES.test(text)).map(({ name }) => name);
  expect(measuring.length).toBeGreaterThan(8);
  expect(measuring.filter((name) => !Object.hasOwn(ALONE, name))).toEqual([]);
});
