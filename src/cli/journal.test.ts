import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTrial } from '../../test/command-trial.ts';
import { fromProcess } from '../config/index.ts';
import { openJournal } from '../journal/index.ts';
import { journals } from './doctor/journals.ts';
import { command } from './journal.ts';

const trial = commandTrial((args) => command([...args, '--data', trial.data]));
async function write(path: string, ...said: string[]): Promise<void> {
  await using journal = openJournal({ path, maxBytes: 100_000, maxWaiting: 100, failed: () => {} });
  for (const what of said) journal.write({ at: 1, what });
}

test('every journal of the data folder is checked, and faults are reported with their place', async () => {
  expect(await trial.run('verify')).toBe(0);
  expect(trial.printed).toContain('there is no journal yet');
  const processes = join(trial.data, 'processes.jsonl');
  await write(processes, 'one', 'two', 'three');
  await write(join(trial.data, 'ladder', 'hall.jsonl'), 'one');
  await write(join(trial.data, 'queue', 'hall.jsonl'), 'one');
  mkdirSync(join(trial.data, 'archive', 'hall'), { recursive: true });
  await write(join(trial.data, 'archive', 'hall', 'marks.jsonl'), 'one');
  expect(await trial.run('verify')).toBe(0);
  expect(trial.printed.match(/✓/g)).toHaveLength(4);
  expect(await journals(fromProcess(['--data', trial.data]))).toMatchObject({
    ...{ state: 'good', found: '4 with 6 entries, unchanged' },
  });

  writeFileSync(processes, readFileSync(processes, 'utf8').replace('two', 'TWO'));
  expect(await trial.run('verify')).toBe(1);
  expect(trial.printed).toContain(`✗ ${processes}: this journal was changed or has lost entries`);
  expect(trial.printed).toContain('line 3: does not follow the entry before it');
  expect(await trial.run('verify', processes, '--json')).toBe(1);
  expect(JSON.parse(trial.printed)).toMatchObject({
    journals: [{ path: processes, holds: false, entries: 3 }],
  });
  expect(await trial.run('verify', join(trial.data, 'none.jsonl'))).toBe(2);
  expect(trial.printed).toContain('cannot be read (ENOENT)');
  expect(await journals(fromProcess(['--data', trial.data]))).toMatchObject({ state: 'notice' });
});

test('a torn line is explained, and counts as no fault', async () => {
  const path = join(trial.data, 'a.jsonl');
  await write(path, 'one');
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"at":2,"wh`);
  expect(await trial.run('verify', path)).toBe(0);
  expect(trial.printed).toContain('line 2 is unfinished, as a kill or a full disk leaves it');
});

test('a signed head that was kept elsewhere shows what was removed since', async () => {
  const path = join(trial.data, 'a.jsonl');
  await write(path, 'one', 'two', 'three');
  expect(await trial.run('head', path)).toBe(0);
  const head = join(trial.data, 'head.json');
  writeFileSync(head, trial.printed);
  await write(path, 'four');
  expect(await trial.run('verify', path, '--head', head)).toBe(0);
  expect(trial.printed).toMatch(/signed on \d{4}-.* with the key [\w-]{43}/);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
  expect(await trial.run('verify', path)).toBe(0);
  expect(await trial.run('verify', path, '--head', head)).toBe(1);
  expect(trial.printed).toContain(
    'the signed head has entry 3, and the journal ends before it: entries were removed',
  );
  writeFileSync(head, readFileSync(head, 'utf8').replace('"seq":3', '"seq":2'));
  expect(await trial.run('verify', path, '--head', head)).toBe(2);
  expect(trial.printed).toContain('it was changed after it was signed');
  await expect(trial.run('head')).rejects.toThrow('needs the path of one journal');
  await expect(trial.run('look')).rejects.toThrow('there is no "journal look"');
});
