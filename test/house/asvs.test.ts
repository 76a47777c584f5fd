import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './tree.ts';

const page = readFileSync(join(root, 'docs/asvs.md'), 'utf8');
const rows = [
  ...page.matchAll(/^\| (\d+\.\d+\.\d+)(?:–\d+\.\d+\.\d+ \((\d+)\))? \| ([^|]+) \| ([^|]+) \| (.*) \|$/gm),
].map(([, id = '', count = '1', status = '', topic = '', how = '']) => ({
  id,
  count: Number(count),
  status,
  topic,
  how,
}));

test('the table of ASVS 5.0.0 has all 253 requirements of levels 1 and 2, in their order, and counts them right', () => {
  const place = ({ id }: { id: string }): number =>
    id.split('.').reduce((sum, part) => sum * 100 + Number(part), 0);
  expect(rows.map(place)).toEqual(rows.map(place).toSorted((a, b) => a - b));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(253);
  for (const status of ['yes', 'partly', 'no', 'later', 'n/a']) {
    const said = new RegExp(`^\\| ${status} \\|.*\\| (\\d+) \\|$`, 'm').exec(page)?.[1];
    const there = rows.filter((row) => row.status === status).reduce((sum, { count }) => sum + count, 0);
    expect([status, Number(said)]).toEqual([status, there]);
  }
});

test('what is named as evidence is there', () => {
  const paths = [...page.matchAll(/`((?:src|test|e2e|docs|deploy|scripts)\/[\w./-]+)`/g)].map(
    ([, path = '']) => path,
  );
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  // What is claimed without a file or page is claimed about something that is not there, or in words.
  expect(rows.filter(({ how }) => how.trim() === '').map(({ id }) => id)).toEqual([]);
});
