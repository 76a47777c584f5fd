import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  appendNotes,
  bundleText,
  checkBundle,
  hastyFiles,
  logFolder,
  note,
  notesOf,
  openTestLog,
} from '../../test/evidence.ts';
import { parseCheckpoint } from './note/checkpoint.ts';
import { parseNote } from './note/note.ts';

const sizeOf = (raw: string): number | undefined => parseCheckpoint(parseNote(raw)?.text ?? '')?.size;

describe('the log', () => {
  test('entries of a room are numbered, chained, proven and signed; those of others are not in its bundle', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    const first = await appendNotes(log, [
      ['hall', 'a'],
      ['other', 'x'],
      ['hall', 'b'],
    ]);
    expect(first.map((one) => one.kept && [one.index, one.seq])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
    ]);
    await log.checkpoint();
    await appendNotes(log, [['hall', 'c']]);
    await log.checkpoint();
    const { head, entries, checkpoints } = checkBundle(await bundleText(log, 'hall'));
    expect(head).toMatchObject({ v: 1, room: 'hall', title: 'hall', origin: 'rooms.example.org/evidence' });
    expect(entries.map(({ said }) => said.detail)).toEqual(['a', 'b', 'c']);
    expect(checkpoints.map(({ size }) => size)).toEqual([3, 4]);
    expect(await notesOf(log, 'other')).toEqual(['x']);
    expect(await log.bundle('nobody')).toBeUndefined();
  });

  test('the canonical JSON is what is hashed, whatever the order of its members was', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    const done = log.appendOf('hall', { what: 'note', v: 1, kind: 'happening', detail: 'ü', at: 7 });
    log.clock.advance(200);
    await done;
    await log.checkpoint();
    const { entries } = checkBundle(await bundleText(log, 'hall'));
    expect(entries[0]?.entry).toBe(
      '{"at":7,"detail":"ü","kind":"happening","previous":"","room":"hall","seq":1,"v":1,"what":"note"}',
    );
  });

  test('a head is signed every ten seconds when the log has grown, at the end, and never twice', async () => {
    using folder = logFolder();
    const log = await openTestLog(folder.path);
    expect(sizeOf(await log.checkpoint())).toBe(0);
    await appendNotes(log, [['hall', 'a']]);
    log.clock.advance(10_000);
    await expect
      .poll(async () => (await (await log.fetch(get('/evidence/checkpoint'))).text()).split('\n')[1])
      .toBe('1');
    log.clock.advance(60_000);
    await appendNotes(log, [['hall', 'b']]);
    await log[Symbol.asyncDispose]();
    const saved = readFileSync(join(folder.path, 'evidence/checkpoints.jsonl'), 'utf8').trimEnd().split('\n');
    expect(saved.map((line) => (JSON.parse(line) as { size: number }).size)).toEqual([0, 1, 2]);
  });

  test('it goes on where it was: over many files, as often as it is opened', async () => {
    using folder = logFolder();
    let count = 0;
    for (const more of [1, 254, 1, 1, 300, 512, 5]) {
      await using log = await openTestLog(folder.path);
      const from = count;
      const list = Array.from({ length: more }, (_, n) => ['hall', String(from + n)] as const);
      const done = await appendNotes(log, list);
      expect(done.map((one) => one.kept && one.index)).toEqual(list.map((_, n) => from + n));
      count += more;
      expect(sizeOf(await log.checkpoint())).toBe(count);
    }
    await using log = await openTestLog(folder.path);
    expect(await notesOf(log, 'hall')).toEqual(Array.from({ length: count }, (_, n) => String(n)));
  });

  test('what is no entry or no room is refused, and changes nothing', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    await expect(log.appendOf('hall', { ...note('a'), at: Number.NaN })).rejects.toThrow(RangeError);
    await expect(log.appendOf('../hall', note('a'))).rejects.toThrow(RangeError);
    await expect(log.appendOf('_log', note('a'))).rejects.toThrow(RangeError);
    const [long, good] = await appendNotes(log, [
      ['hall', 'x'.repeat(65_536)],
      ['hall', 'b'],
    ]);
    expect(long).toEqual({ kept: false, why: 'too-long' });
    expect(good).toMatchObject({ kept: true, index: 0 });
    await log.checkpoint();
    expect(await notesOf(log, 'hall')).toEqual(['b']);
  });

  test('a second one on the same folder is refused', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    await expect(openTestLog(folder.path)).rejects.toThrow('another Earshot is writing the evidence log');
    expect((await appendNotes(log, [['hall', 'a']]))[0]).toMatchObject({ kept: true });
  });

  test('a clock that steps changes nothing', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    for (const step of [-86_400_000, 3_600_000, -1]) {
      await appendNotes(log, [['hall', String(step)]]);
      log.clock.stepWall(step);
      await log.checkpoint();
    }
    const { checkpoints } = checkBundle(await bundleText(log, 'hall'));
    expect(checkpoints.map(({ size }) => size)).toEqual([1, 2, 3]);
  });
});

const get = (path: string): Request => new Request(`http://localhost${path}`);

/** A log with three signed entries and `more` that are committed and not signed, as it is when its process is killed. */
async function killed(from: string, more: number): Promise<void> {
  await using log = await openTestLog(from);
  await appendNotes(log, [
    ['hall', '0'],
    ['other', '1'],
    ['hall', '2'],
  ]);
  await log.checkpoint();
  for (let n = 3; n < 3 + more; n++) await appendNotes(log, [['hall', String(n)]]);
  cpSync(join(from, 'evidence'), join(from, 'killed'), { recursive: true });
}

const ENTRIES = 'evidence/tile/entries/000';

describe('after a kill or a loss of power', () => {
  test('a torn end is cut off at the last whole entry, wherever it was torn', {
    timeout: 60_000,
  }, async () => {
    using folder = logFolder();
    await killed(folder.path, 2);
    const bytes = readFileSync(join(folder.path, 'killed/tile/entries/000'));
    const ends = [0];
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
      ends.push(at + 2 + bytes.readUInt16BE(at));
    expect(ends).toHaveLength(6);
    const tear = async (length: number): Promise<void> => {
      using copy = logFolder();
      cpSync(join(folder.path, 'killed'), join(copy.path, 'evidence'), { recursive: true });
      truncateSync(join(copy.path, ENTRIES), length);
      await using log = await openTestLog(copy.path, { files: hastyFiles });
      const whole = ends.filter((end) => end > 0 && end <= length).length;
      const [next] = await appendNotes(log, [['hall', 'next']]);
      expect([length, next]).toEqual([length, expect.objectContaining({ kept: true, index: whole })]);
      await log.checkpoint();
      const wanted = ['0', '2', '3', '4'].slice(0, whole - 1);
      expect(await notesOf(log, 'hall')).toEqual([...wanted, 'next']);
    };
    const lengths = Array.from(
      { length: bytes.length - (ends[3] as number) + 1 },
      (_, n) => n + (ends[3] as number),
    );
    while (lengths.length > 0) await Promise.all(lengths.splice(0, 24).map(tear));
  });

  test('zeros and nonsense behind the end are cut off', async () => {
    using folder = logFolder();
    await killed(folder.path, 1);
    for (const rest of [
      Buffer.alloc(500),
      Buffer.from([0, 3, 1, 2, 3]),
      Buffer.from([255, 255, 123]),
      Buffer.from('\0\x04{"a}'),
    ]) {
      using copy = logFolder();
      cpSync(join(folder.path, 'killed'), join(copy.path, 'evidence'), { recursive: true });
      appendFileSync(join(copy.path, ENTRIES), rest);
      appendFileSync(join(copy.path, 'evidence/checkpoints.jsonl'), rest);
      appendFileSync(join(copy.path, 'evidence/rooms/hall.idx'), rest);
      await using log = await openTestLog(copy.path, { files: hastyFiles });
      expect((await appendNotes(log, [['hall', 'next']]))[0]).toMatchObject({ kept: true, index: 4 });
      await log.checkpoint();
      expect(await notesOf(log, 'hall')).toEqual(['0', '2', '3', 'next']);
    }
  });

  test('a signed head that was torn is signed again', async () => {
    using folder = logFolder();
    await killed(folder.path, 1);
    const path = 'evidence/checkpoints.jsonl';
    const whole = readFileSync(join(folder.path, 'killed/checkpoints.jsonl'));
    const first = whole.indexOf('\n') + 1;
    for (let length = first; length < whole.length; length += 13) {
      using copy = logFolder();
      cpSync(join(folder.path, 'killed'), join(copy.path, 'evidence'), { recursive: true });
      truncateSync(join(copy.path, path), length);
      await using log = await openTestLog(copy.path, { files: hastyFiles });
      expect(sizeOf(await log.checkpoint())).toBe(4);
      const lines = readFileSync(join(copy.path, path), 'utf8').trimEnd().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { size: number }).size)).toEqual([0, 4]);
    }
  });

  test('hashes and indices that are missing are made again from the entries', async () => {
    using folder = logFolder();
    {
      await using log = await openTestLog(folder.path);
      await appendNotes(
        log,
        Array.from({ length: 600 }, (_, n) => [n % 2 ? 'hall' : 'other', String(n)] as const),
      );
    }
    for (const name of ['tile/0', 'tile/1', 'rooms', 'mark.json'])
      rmSync(join(folder.path, 'evidence', name), { recursive: true });
    await using log = await openTestLog(folder.path);
    expect(log.check()).toEqual({ part: 'evidence', ok: true });
    expect(await notesOf(log, 'hall')).toHaveLength(300);
    // Only the hashes, with the mark that says that they are there.
    await log[Symbol.asyncDispose]();
    rmSync(join(folder.path, 'evidence/tile/1'), { recursive: true });
    await using again = await openTestLog(folder.path);
    expect(again.check().ok).toBe(true);
    expect(await notesOf(again, 'other')).toHaveLength(300);
  });
});

describe('a log that does not agree with what was signed', () => {
  const bytesOf = (folder: string): string[] =>
    readdirSync(join(folder, 'evidence'), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && /entries|checkpoints/.test(join(one.parentPath, one.name)))
      .map((one) => readFileSync(join(one.parentPath, one.name)).toString('hex'));

  const changes: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'an entry is missing': (bytes) => bytes.subarray(0, bytes.length - 20),
    'all entries are missing': () => Buffer.alloc(0),
    'a letter is another': (bytes) => Buffer.from(bytes.toString('latin1').replace('note', 'mote'), 'latin1'),
    'an entry is broken': (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('"kind"', '"kin"d'), 'latin1'),
  };
  for (const [name, change] of Object.entries(changes))
    test(`is not written to: ${name}`, async () => {
      using folder = logFolder();
      {
        await using log = await openTestLog(folder.path);
        await appendNotes(log, [
          ['hall', 'a'],
          ['hall', 'b'],
        ]);
      }
      const path = join(folder.path, ENTRIES);
      writeFileSync(path, change(readFileSync(path)));
      const before = bytesOf(folder.path);
      await using log = await openTestLog(folder.path);
      expect(log.check()).toMatchObject({ ok: false });
      expect(await log.appendOf('hall', note('c'))).toEqual({ kept: false, why: 'closed' });
      expect(await log.checkpoint()).toBe('');
      expect((await log.fetch(get('/evidence/checkpoint'))).status).toBe(503);
      log.clock.advance(60_000);
      expect(bytesOf(folder.path)).toEqual(before);
    });

  test('an entry that was changed behind the back of the log is not given out', async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    await appendNotes(log, [['hall', 'a']]);
    await log.checkpoint();
    const path = join(folder.path, ENTRIES);
    writeFileSync(path, readFileSync(path, 'latin1').replace('"a"', '"b"'), 'latin1');
    await expect(bundleText(log, 'hall')).rejects.toThrow('not the one that was signed');
  });
});
