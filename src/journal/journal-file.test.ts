import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { canonical, type Json } from './canonical-json.ts';
import { readEntries } from './entry.ts';
import {
  diskJournal,
  JournalFile,
  type JournalFiles,
  type JournalSettings,
  olderPart,
} from './journal-file.ts';
import { verify } from './verify.ts';

const dir = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => rmSync(dir, { recursive: true }));
let path = '';
let n = 0;
beforeEach(() => {
  n += 1;
  path = join(dir, `${n}.jsonl`);
});

const opened = (more: Partial<JournalSettings> = {}): JournalFile =>
  new JournalFile({ path, maxBytes: 1_000_000, maxWaiting: 100, ...more });
async function write(file: JournalFile, ...said: number[]): Promise<void> {
  for (const at of said) file.add({ at });
  await file.flush();
}
const text = (): string => readFileSync(path, 'utf8');
const times = (): number[] => readEntries<{ at: number }>(text()).map(({ at }) => at);

/** The machine's file system, with a disk that takes only so many more bytes. */
function fillingDisk(): JournalFiles & { room: number } {
  const files = {
    ...diskJournal,
    room: Number.POSITIVE_INFINITY,
    async append(where: string, what: string) {
      const fits = Buffer.from(what).subarray(0, Math.min(files.room, Buffer.byteLength(what)));
      files.room -= fits.length;
      if (fits.length > 0) appendFileSync(where, fits);
      if (fits.length < Buffer.byteLength(what)) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    },
  };
  return files;
}

test('entries are canonical JSON, numbered, each with the hash of the line before it', async () => {
  const file = opened();
  file.add({ what: 'b', at: 1 });
  file.add({ at: 2, missing: undefined });
  await file.flush();
  const lines = text().trimEnd().split('\n');
  expect(lines[0]).toBe('{"at":1,"previous":"","seq":1,"what":"b"}');
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256')
    .update(lines[0] ?? '')
    .digest('hex');
  expect(lines[1]).toBe(`{"at":2,"previous":"${hash}","seq":2}`);
  for (const line of lines) expect(canonical(JSON.parse(line) as Json)).toBe(line);
  expect(verify(text())).toMatchObject({ holds: true, entries: 2, torn: 0, chains: [{ by: '', seq: 2 }] });
});

test('the chain continues where it stood, also after lines of a version that had none', async () => {
  writeFileSync(path, '{"at":1}\n\n{"at":2}\n');
  await write(opened(), 3, 4);
  await write(opened(), 5);
  expect(times()).toEqual([1, 2, 3, 4, 5]);
  expect(verify(text())).toMatchObject({ holds: true, entries: 3, older: 2 });
  // The last of the older lines is covered by the first entry.
  expect(verify(text().replace('{"at":2}', '{"at":9}'))).toMatchObject({ holds: false });
});

test('a torn last line is cut off, wherever a kill tore it, and the chain holds', async () => {
  await write(opened(), 1, 2);
  const two = text();
  await write(opened(), 3);
  const whole = Buffer.from(text());
  for (let length = Buffer.byteLength(two) + 1; length < whole.length - 1; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    expect(verify(text())).toMatchObject({ holds: true, entries: 2, torn: 1 });
    expect(times()).toEqual([1, 2]);
    await write(opened(), 4);
    expect(times()).toEqual([1, 2, 4]);
    expect(verify(text())).toMatchObject({ holds: true, entries: 3, torn: 0, notes: [] });
  }
  // All but its line feed: it is whole, and stays.
  writeFileSync(path, whole.subarray(0, -1));
  await write(opened(), 4);
  expect(times()).toEqual([1, 2, 3, 4]);
  expect(verify(text())).toMatchObject({ holds: true, entries: 4, torn: 0 });
});

test('on a full disk nothing that waits is lost, nothing is written twice, and no chain breaks', async () => {
  for (let room = 0; room < 330; room += 7) {
    rmSync(path, { force: true });
    const files = fillingDisk();
    const file = opened({ files });
    await write(file, 1);
    files.room = room;
    for (const at of [2, 3, 4]) file.add({ at });
    await file.flush().catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'));
    // Still full.
    await file.flush().catch(() => undefined);
    file.add({ at: 5 });
    files.room = Number.POSITIVE_INFINITY;
    await file.flush();
    expect(times()).toEqual([1, 2, 3, 4, 5]);
    expect(verify(text())).toMatchObject({ holds: true, entries: 5, torn: 0, dropped: 0 });
    expect(file.lost).toBe(0);
  }
});

test('entries that do not fit in memory are dropped, counted, and reported by the next entry', async () => {
  const files = fillingDisk();
  files.room = 0;
  const file = opened({ files, maxWaiting: 3 });
  for (let at = 1; at <= 10; at += 1) file.add({ at });
  await expect(file.flush()).rejects.toThrow('ENOSPC');
  expect(file.lost).toBe(7);
  files.room = Number.POSITIVE_INFINITY;
  await file.flush();
  await write(file, 11);
  expect(times()).toEqual([1, 2, 3, 11]);
  expect(JSON.parse(text().trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ at: 11, dropped: 7, seq: 4 });
  expect(verify(text())).toMatchObject({ holds: true, entries: 4, dropped: 7 });
});

test('an entry that cannot be JSON affects no other', async () => {
  const file = opened();
  file.add({ at: 1 });
  file.add({ at: Number.NaN });
  file.add({ at: 3 });
  await file.flush();
  await write(file, 4);
  expect(times()).toEqual([1, 3, 4]);
  expect(file.lost).toBe(1);
  expect(verify(text())).toMatchObject({ holds: true, entries: 3, dropped: 1 });
});

test('several writers share a file, each with a chain, and a torn line of one affects no other', async () => {
  const one = opened({ by: 'door-0' });
  const other = opened({ by: 'cell-0' });
  const say = async (file: JournalFile, by: string, at: number): Promise<void> => {
    file.add({ at, by });
    await file.flush();
  };
  await say(one, 'door-0', 1);
  await say(other, 'cell-0', 2);
  appendFileSync(path, '{"at":3,"by":"door-0","prev');
  await say(other, 'cell-0', 4);
  await say(one, 'door-0', 5);
  // Killed, and started again: each finds its own newest entry.
  await say(opened({ by: 'door-0' }), 'door-0', 6);
  await say(opened({ by: 'cell-0' }), 'cell-0', 7);
  expect(times()).toEqual([1, 2, 4, 5, 6, 7]);
  expect(verify(text())).toMatchObject({
    ...{ holds: true, entries: 6, torn: 1 },
    chains: [
      { by: 'door-0', seq: 3 },
      { by: 'cell-0', seq: 3 },
    ],
  });
  expect(verify(text()).notes).toEqual([expect.stringContaining('line 3 is unfinished')]);
});

test('two writers of the same name, as when a second Earshot takes a data folder, still make one chain', async () => {
  const [one, other] = [opened({ by: 'a' }), opened({ by: 'a' })];
  for (const [at, file] of [one, one, other, other, one, other, one].entries()) {
    file.add({ at, by: 'a' });
    await file.flush();
  }
  expect(times()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(verify(text())).toMatchObject({ holds: true, entries: 7, chains: [{ by: 'a', seq: 7 }] });
});

test('a full file takes no more and says so; one that keeps an older part continues in a new file', async () => {
  const file = opened({ maxBytes: 100 });
  await write(file, 1);
  await write(file, 2);
  await write(file, 3);
  expect(times()).toEqual([1, 2]);
  expect([file.full, file.lost]).toEqual([true, 1]);

  const rotating = opened({ maxBytes: 100, keepsOlder: true });
  for (const at of [3, 4, 5]) await write(rotating, at);
  await write(opened({ maxBytes: 100, keepsOlder: true }), 6);
  const older = readFileSync(olderPart(path), 'utf8');
  expect([readEntries<{ at: number }>(older).map(({ at }) => at), times()]).toEqual([
    [3, 4],
    [5, 6],
  ]);
  expect(verify(text(), older)).toMatchObject({ holds: true, entries: 4 });
  // By itself it says where it begins.
  expect(verify(text()).notes).toEqual([expect.stringContaining('has the number 5')]);
  // Right after such a change, with an empty file, the chain is found in the older part.
  rmSync(path);
  rmSync(olderPart(path));
  writeFileSync(olderPart(path), '{"at":1,"previous":"","seq":1}\n');
  await write(opened({ keepsOlder: true }), 2);
  expect(verify(text(), readFileSync(olderPart(path), 'utf8'))).toMatchObject({ holds: true, entries: 2 });
});

test('a file that is not a journal is appended to and never cut', async () => {
  const strange = 'x'.repeat(300_000);
  writeFileSync(path, strange);
  await write(opened(), 1);
  expect(text().startsWith(`${strange}\n{`)).toBe(true);
  truncateSync(path, 0);
  mkdirSync(join(dir, 'sub'));
  const missing = new JournalFile({
    path: join(dir, 'sub', 'deeper', 'a.jsonl'),
    maxBytes: 1_000,
    maxWaiting: 2,
  });
  missing.add({ at: 1 });
  await missing.flush();
  expect(readFileSync(join(dir, 'sub', 'deeper', 'a.jsonl'), 'utf8')).toContain('"at":1');
});
