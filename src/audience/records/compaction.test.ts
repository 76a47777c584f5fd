import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listened, makeCrowd, recordsAt } from '../../../test/audience-crowd.ts';
import { chance } from '../../../test/chance.ts';
import { silentLog } from '../../base/log.ts';
import { RECORD_BYTES, readRecord } from '../../wire/session-record.ts';
import { DEFAULT_RULES } from '../definitions.ts';
import { type RecountOrder, recount } from '../final/final-pass.ts';
import { compact } from './compaction.ts';
import { Compactor } from './compactor.ts';
import { encodeBlock, type RawBlock } from './raw-file.ts';
import { compactName, minuteName, rawFiles, readRaw } from './raw-folder.ts';

const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;
const MINUTES = 5;
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'compact-'));
  dirs.push(dir);
  return dir;
};

/** Files of an evening as doors tell it, and what order counts them. */
function evening(): { dir: string; files: string[]; order: RecountOrder } {
  const dir = folder();
  const crowd = makeCrowd({
    sessions: 300,
    seed: 4,
    lasts: 60 * MINUTES - 60,
    doors: 3,
    stays: 120,
    moves: 60,
    radios: 0.1,
  });
  const blocks = new Map<string, Buffer[]>();
  for (let now = 10; now <= 60 * MINUTES + 30; now += 10)
    for (const [door, body] of recordsAt(crowd, now, 3, START_MINUTE)) {
      const at = START + now * 1000 + door * 700;
      const name = `${minuteName(at)}-0.raw`;
      const life = { v: 1, at, door: `door-${door}`, life: 'a', events: { hall: { visits: now } } } as const;
      const told = {
        v: 1,
        at,
        door: `door-${door}`,
        rooms: door === 1 ? ['other', 'hall'] : ['hall'],
      } as const;
      // Of one door the room has another number.
      if (door === 1) for (let i = 20; i < body.length; i += RECORD_BYTES) body.writeUInt16LE(1, i);
      blocks.set(name, [
        ...(blocks.get(name) ?? []),
        encodeBlock(told, body),
        encodeBlock(life, new Uint8Array(0)),
      ]);
    }
  for (const [name, parts] of blocks) writeFileSync(join(dir, name), Buffer.concat(parts));
  const order = {
    ...{ rawDir: dir, slug: 'hall', from: START, to: START + (MINUTES - 1) * 60_000, rules: DEFAULT_RULES },
    stage: [{ at: START, stage: true }],
  };
  expect(listened(crowd)).toBeGreaterThan(10_000);
  return { dir, files: [...blocks.keys()].toSorted(), order };
}

/** What all records of a file say in the end, by session, door and minute. */
async function said(dir: string, file: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const events = new Map<string, unknown>();
  for await (const { head, words } of readRaw(dir, file)) {
    if (head.events) events.set(`events of ${head.door} ${head.life}`, head.events);
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    for (let at = 0; at < words.byteLength; at += RECORD_BYTES) {
      const record = readRecord(view, at);
      if (!record) throw new Error('not a record');
      const { room, ...rest } = record;
      // Later records of a door hold all that earlier ones said.
      found.set(`${record.session} ${record.door} ${record.minute}`, { ...rest, room: head.rooms?.[room] });
    }
  }
  return new Map([...found, ...events].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test('a compact file says what the raw one said in the end, in a tenth of the bytes or less, and the final pass finds the same', async () => {
  const { dir, files, order } = evening();
  const before = await recount(order);
  let [raw, small] = [0, 0];
  for (const file of files) {
    const told = await said(dir, file);
    const { compact: made } = await compact({ dir, file });
    const bytes = readFileSync(join(dir, compactName(file)));
    expect(made.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    raw += readFileSync(join(dir, file)).length;
    small += bytes.length;
    rmSync(join(dir, file));
    expect(await said(dir, compactName(file))).toEqual(told);
  }
  expect(small).toBeLessThan(raw / 5);
  const after = await recount(order);
  expect(after.figures).toEqual(before.figures);
  expect(after.excluded).toEqual(before.excluded);
});

test('a raw file goes only when the compact one is named in the log; killed anywhere in between, it is done again with the same bytes', async () => {
  const { dir, files } = evening();
  const written: { file: string; sha256: string }[] = [];
  let takes = false;
  const open = (): Compactor =>
    new Compactor({
      ...{ log: silentLog, dir, least: 1, isNamed: (file) => file !== files[0], compact },
      async written(file) {
        if (takes) written.push(file);
        return takes;
      },
    });
  const last = files.at(-1) as string;
  await open().run(last);
  // The log took nothing: all raw files are there, and are what is read.
  expect(await rawFiles(dir)).toEqual(files);
  const first = readFileSync(join(dir, compactName(files[1] as string)));
  writeFileSync(join(dir, `${compactName(files[2] as string)}.new`), 'half of it');
  takes = true;
  const compactor = open();
  await compactor.run(last);
  expect(readFileSync(join(dir, compactName(files[1] as string)))).toEqual(first);
  expect(await rawFiles(dir)).toEqual([...files.slice(0, -1).map(compactName), last]);
  expect(existsSync(join(dir, last))).toBe(true);
  // The hash of a file whose writer was killed is written before that of its compact form.
  expect(written.map(({ file }) => file)).toEqual([files[0], ...files.slice(0, -1).map(compactName)]);
  for (const { file, sha256 } of written.slice(1))
    expect(
      createHash('sha256')
        .update(readFileSync(join(dir, file)))
        .digest('hex'),
    ).toBe(sha256);
  expect(compactor.counts.files).toBe(files.length - 1);
  expect(readdirSync(dir).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('a file that vanishes between the list and the reading is read from its compact form', async () => {
  const { dir, files } = evening();
  const [file] = files as [string];
  const told = await said(dir, file);
  await compact({ dir, file });
  rmSync(join(dir, file));
  expect(await said(dir, file)).toEqual(told);
});

test('a disk that refuses leaves the raw file and nothing half written', async () => {
  const { dir, files } = evening();
  let asked = 0;
  const compactor = new Compactor({
    ...{ log: silentLog, dir, least: 1, isNamed: () => true, written: async () => true },
    async compact(order) {
      asked += 1;
      if (asked === 1) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return compact(order);
    },
  });
  await compactor.run('9');
  expect(await rawFiles(dir)).toEqual(files);
  await compactor.run('9');
  expect(await rawFiles(dir)).toEqual(files.map(compactName));
});

test('columns survive any bits', async () => {
  const dir = folder();
  const random = chance(9);
  const words = Int32Array.from({ length: 4_000 * 8 }, () => Math.floor(random() * 2 ** 32));
  for (let at = 0; at < words.length; at += 8) {
    words[at + 4] = START_MINUTE + (at % 3);
    // One room, a transport that is known, seconds up to ten in a slot.
    words[at + 5] = ((words[at + 5] as number) & 0xff_f00000) | ((at % 7) << 16);
    words[at + 6] = (words[at + 6] as number) & 0x55_555555;
    words[at + 7] = (words[at + 7] as number) & 0xff3f_5555;
  }
  const block: RawBlock['head'] = { v: 1, at: START, door: 'door-0', rooms: ['hall'] };
  const file = `${minuteName(START)}-0.raw`;
  writeFileSync(join(dir, file), encodeBlock(block, new Uint8Array(words.buffer)));
  const told = await said(dir, file);
  await compact({ dir, file });
  rmSync(join(dir, file));
  expect(await said(dir, file)).toEqual(told);
});
