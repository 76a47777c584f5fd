import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openJournal } from './journal.ts';
import { diskJournal, type JournalFiles } from './journal-file.ts';
import { openLostEntries } from './lost-entries.ts';

const dir = mkdtempSync(join(tmpdir(), 'lost-entries-'));
afterAll(() => rmSync(dir, { recursive: true }));

const refusing: JournalFiles = { ...diskJournal, append: () => Promise.reject(new Error('ENOSPC')) };
const counted = (text: string, file: string): number =>
  Number(new RegExp(`^earshot_journal_entries_lost_total\\{file="${file}"\\} (\\d+)$`, 'm').exec(text)?.[1]);

test('a journal that loses nothing is counted as 0', async () => {
  const lost = openLostEntries(['ladder', 'queue']);
  const path = join(dir, 'well.jsonl');
  const journal = openJournal({
    ...{ path, maxBytes: 1e6, maxWaiting: 10, failed: () => undefined, onLost: lost.of('ladder') },
  });
  journal.write({ at: 1 });
  await journal[Symbol.asyncDispose]();
  expect([counted(lost.metrics(), 'ladder'), counted(lost.metrics(), 'queue')]).toEqual([0, 0]);
});

test('entries that found no place while the disk failed, and those that still waited at the end, are counted', async () => {
  const lost = openLostEntries(['ladder']);
  const journal = openJournal({
    ...{ path: join(dir, 'failing.jsonl'), maxBytes: 1e6, maxWaiting: 3, files: refusing },
    ...{ failed: () => undefined, onLost: lost.of('ladder') },
  });
  for (let at = 1; at <= 5; at += 1) journal.write({ at });
  expect(counted(lost.metrics(), 'ladder')).toBe(2);
  await journal[Symbol.asyncDispose]();
  expect(counted(lost.metrics(), 'ladder')).toBe(5);
});

test('entries that a full file does not take are counted, over all files of a kind', async () => {
  const lost = openLostEntries(['ladder', 'processes']);
  for (const name of ['one', 'other']) {
    const path = join(dir, `${name}.jsonl`);
    writeFileSync(path, `${'x'.repeat(200)}\n`);
    const journal = openJournal({
      ...{ path, maxBytes: 100, maxWaiting: 10, failed: () => undefined, onLost: lost.of('processes') },
    });
    journal.write({ at: 1 });
    await journal[Symbol.asyncDispose]();
  }
  expect([counted(lost.metrics(), 'ladder'), counted(lost.metrics(), 'processes')]).toEqual([0, 2]);
});
