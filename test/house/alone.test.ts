import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { ALONE, IN_PAIRS, LONGEST } from '../../e2e/alone.ts';
import { files, root } from './tree.ts';

const tests = files(['e2e'], /\.test\.ts$/).map(({ path, text }) => ({
  name: basename(path, '.test.ts'),
  text,
}));
/** Measurements in milliseconds or samples, which another test at the same time would change. */
const MEASURES = /\b(?:heard\((?:page|tab)\)|longestSilence\(|median\(|holes\.slice|p99\b)/;

test('each file of e2e/ that runs in a pair or alone is there, with its reason, once', () => {
  const names = tests.map(({ name }) => name);
  for (const [name, reason] of [...Object.entries(ALONE), ...Object.entries(IN_PAIRS)]) {
    expect(names).toContain(name);
    expect(reason.length, name).toBeGreaterThan(20);
  }
  for (const list of [ALONE, IN_PAIRS]) expect(Object.keys(list)).toEqual(Object.keys(list).toSorted());
  expect(Object.keys(ALONE).filter((name) => Object.hasOwn(IN_PAIRS, name))).toEqual([]);
});

test('what measures gaps, silences or delays runs in a pair or alone', () => {
  const measuring = tests.filter(({ text }) => MEASURES.test(text)).map(({ name }) => name);
  expect(measuring.length).toBeGreaterThan(8);
  expect(measuring.filter((name) => !Object.hasOwn({ ...ALONE, ...IN_PAIRS }, name))).toEqual([]);
});

test('each of the files that begin first is there', () => {
  expect(LONGEST.filter((path) => !existsSync(join(root, `${path}.test.ts`)))).toEqual([]);
});
