import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEntries, verify } from '../journal/index.ts';
import { type LadderStep, openStepJournal } from './step-journal.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-ladder-'));
});
afterEach(() => rm(dir, { recursive: true }));

const step = (at: number, slug = 'talk'): LadderStep => ({
  ...{ at, slug, by: 'door-0', from: 0, to: 1, why: 'wait' },
  values: { wait: 120, loop: 8 },
});
const text = (slug: string): Promise<string> => readFile(join(dir, 'ladder', `${slug}.jsonl`), 'utf8');
const lines = async (slug: string): Promise<LadderStep[]> => readEntries<LadderStep>(await text(slug));

test('every step is one line of its room, whoever writes it', async () => {
  const failed: unknown[] = [];
  await using one = openStepJournal(join(dir, 'ladder'), (error) => failed.push(error));
  await using other = openStepJournal(join(dir, 'ladder'), (error) => failed.push(error));
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
  expect(verify(await text('talk'))).toMatchObject({
    ...{ holds: true, entries: 200 },
    chains: expect.arrayContaining([
      expect.objectContaining({ by: 'door-0', seq: 100 }),
      expect.objectContaining({ by: 'cell-0', seq: 100 }),
    ]),
  });
  expect(failed).toEqual([]);
});

test('a file from before there was a chain is continued, and its lines are still read', async () => {
  const old = [step(1), { ...step(2), by: 'cell-0' }];
  await mkdir(join(dir, 'ladder'));
  await writeFile(join(dir, 'ladder', 'talk.jsonl'), old.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await using records = openStepJournal(join(dir, 'ladder'), () => {});
  records.write(step(3));
  await records[Symbol.asyncDispose]();
  expect(await lines('talk')).toEqual([...old, step(3)]);
  expect(verify(await text('talk'))).toMatchObject({ holds: true, entries: 1, older: 2 });
});

test('a flood of steps loses lines and says how many; a full file takes no more', async () => {
  const records = openStepJournal(join(dir, 'ladder'), () => {});
  for (let i = 0; i < 300; i++) records.write(step(i));
  await records[Symbol.asyncDispose]();
  expect(await lines('talk')).toHaveLength(256);
  records.write(step(300));
  await records[Symbol.asyncDispose]();
  expect((await lines('talk')).at(-1)).toEqual(step(300));
  expect(verify(await text('talk'))).toMatchObject({ holds: true, entries: 257, dropped: 44 });
  await writeFile(join(dir, 'ladder', 'talk.jsonl'), 'x'.repeat(4_000_001));
  const told: unknown[] = [];
  await using full = openStepJournal(join(dir, 'ladder'), (error) => told.push(error));
  for (const at of [1, 2]) {
    full.write(step(at));
    await full[Symbol.asyncDispose]();
  }
  expect(String(told)).toContain('has reached its 4 MB');
  expect(told).toHaveLength(1);
  expect(await readFile(join(dir, 'ladder', 'talk.jsonl'))).toHaveLength(4_000_001);
});

test('a folder that cannot be created is reported, and nothing throws', async () => {
  await writeFile(join(dir, 'ladder'), 'a file in its place');
  const failed: unknown[] = [];
  const records = openStepJournal(join(dir, 'ladder'), (error) => failed.push(error));
  records.write(step(1));
  await records[Symbol.asyncDispose]();
  expect(failed.length).toBeGreaterThan(0);
});
