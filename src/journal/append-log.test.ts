import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecords, type StepRecord } from './append-log.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-ladder-'));
});
afterEach(() => rm(dir, { recursive: true }));

const step = (at: number, slug = 'talk'): StepRecord => ({
  ...{ at, slug, by: 'door-0', from: 0, to: 1, why: 'wait' },
  values: { wait: 120, loop: 8 },
});
const lines = async (slug: string): Promise<StepRecord[]> =>
  (await readFile(join(dir, 'ladder', `${slug}.jsonl`), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StepRecord);

test('every step is one line of its room, whoever writes it', async () => {
  const failed: unknown[] = [];
  await using one = openRecords(join(dir, 'ladder'), (error) => failed.push(error));
  await using other = openRecords(join(dir, 'ladder'), (error) => failed.push(error));
  for (let i = 0; i < 100; i++) {
    one.write(step(i));
    other.write({ ...step(i), by: 'cell-0' });
  }
  one.write(step(7, 'other'));
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  const all = await lines('talk');
  expect(all.filter(({ by }) => by === 'door-0').map(({ at }) => at)).toEqual([...Array(100).keys()]);
  expect(all.filter(({ by }) => by === 'cell-0')).toHaveLength(100);
  expect(await lines('other')).toEqual([step(7, 'other')]);
  expect(failed).toEqual([]);
});

test('a flood of steps loses lines and says how many; a full file takes no more', async () => {
  const records = openRecords(join(dir, 'ladder'), () => {});
  for (let i = 0; i < 300; i++) records.write(step(i));
  await records[Symbol.asyncDispose]();
  expect(await lines('talk')).toHaveLength(256);
  records.write(step(300));
  await records[Symbol.asyncDispose]();
  expect((await lines('talk')).at(-1)).toEqual({ ...step(300), dropped: 44 });
  await writeFile(join(dir, 'ladder', 'talk.jsonl'), 'x'.repeat(4_000_001));
  await using full = openRecords(join(dir, 'ladder'), () => {});
  full.write(step(1));
  await full[Symbol.asyncDispose]();
  expect(await readFile(join(dir, 'ladder', 'talk.jsonl'))).toHaveLength(4_000_001);
});

test('a folder that cannot be made is told, and nothing throws', async () => {
  await writeFile(join(dir, 'ladder'), 'a file in its place');
  const failed: unknown[] = [];
  const records = openRecords(join(dir, 'ladder'), (error) => failed.push(error));
  records.write(step(1));
  await records[Symbol.asyncDispose]();
  expect(failed.length).toBeGreaterThan(0);
});
