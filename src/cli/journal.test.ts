import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromProcess } from '../config/index.ts';
import { openJournal } from '../journal/index.ts';
import { journals } from './doctor/journals.ts';
import { command } from './journal.ts';

let data: string;
let printed: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-journal-'));
  printed = '';
  const print = (text: unknown): void => {
    printed += `${text}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(data, { recursive: true, force: true });
});
const run = async (...args: string[]): Promise<number> => {
  printed = '';
  return command([...args, '--data', data]);
};
async function write(path: string, ...said: string[]): Promise<void> {
  await using journal = openJournal({ path, maxBytes: 100_000, maxWaiting: 100, failed: () => {} });
  for (const what of said) journal.write({ at: 1, what });
}

test('every journal of the data folder is checked, and faults are reported with their place', async () => {
  expect(await run('verify')).toBe(0);
  expect(printed).toContain('there is no journal yet');
  const processes = join(data, 'processes.jsonl');
  await write(processes, 'one', 'two', 'three');
  await write(join(data, 'ladder', 'hall.jsonl'), 'one');
  await write(join(data, 'queue', 'hall.jsonl'), 'one');
  mkdirSync(join(data, 'archive', 'hall'), { recursive: true });
  await write(join(data, 'archive', 'hall', 'marks.jsonl'), 'one');
  expect(await run('verify')).toBe(0);
  expect(printed.match(/✓/g)).toHaveLength(4);
  expect(await journals(fromProcess(['--data', data]))).toMatchObject({
    ...{ state: 'good', found: '4 with 6 entries, unchanged' },
  });

  writeFileSync(processes, readFileSync(processes, 'utf8').replace('two', 'TWO'));
  expect(await run('verify')).toBe(1);
  expect(printed).toContain(`✗ ${processes}: this journal was changed or has lost entries`);
  expect(printed).toContain('line 3: does not follow the entry before it');
  expect(await run('verify', processes, '--json')).toBe(1);
  expect(JSON.parse(printed)).toMatchObject({ journals: [{ path: processes, holds: false, entries: 3 }] });
  expect(await run('verify', join(data, 'none.jsonl'))).toBe(2);
  expect(printed).toContain('cannot be read (ENOENT)');
  expect(await journals(fromProcess(['--data', data]))).toMatchObject({ state: 'notice' });
});

test('a torn line is explained, and counts as no fault', async () => {
  const path = join(data, 'a.jsonl');
  await write(path, 'one');
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"at":2,"wh`);
  expect(await run('verify', path)).toBe(0);
  expect(printed).toContain('line 2 is unfinished, as a kill or a full disk leaves it');
});

test('a signed head that was kept elsewhere shows what was removed since', async () => {
  const path = join(data, 'a.jsonl');
  await write(path, 'one', 'two', 'three');
  expect(await run('head', path)).toBe(0);
  const head = join(data, 'head.json');
  writeFileSync(head, printed);
  await write(path, 'four');
  expect(await run('verify', path, '--head', head)).toBe(0);
  expect(printed).toMatch(/signed on \d{4}-.* with the key [\w-]{43}/);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
  expect(await run('verify', path)).toBe(0);
  expect(await run('verify', path, '--head', head)).toBe(1);
  expect(printed).toContain(
    'the signed head has entry 3, and the journal ends before it: entries were removed',
  );
  writeFileSync(head, readFileSync(head, 'utf8').replace('"seq":3', '"seq":2'));
  expect(await run('verify', path, '--head', head)).toBe(2);
  expect(printed).toContain('it was changed after it was signed');
  await expect(run('head')).rejects.toThrow('needs the path of one journal');
  await expect(run('look')).rejects.toThrow('there is no "journal look"');
});
