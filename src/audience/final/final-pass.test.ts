import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeCrowd, recordsAt } from '../../../test/audience-crowd.ts';
import { RECORD_BYTES, readRecord, type SessionRecord, writeRecord } from '../../wire/session-record.ts';
import { DEFAULT_RULES } from '../definitions.ts';
import { compact } from '../records/compaction.ts';
import { encodeBlock } from '../records/raw-file.ts';
import { compactName, minuteName } from '../records/raw-folder.ts';
import { exclusionCode } from '../rules.ts';
import { type RecountOrder, recount } from './final-pass.ts';

const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

interface Told {
  readonly at: number;
  readonly door: number;
  readonly records: readonly SessionRecord[];
}

/** Writes what doors have told into minute files, and orders its recount. */
function written(
  told: readonly Told[],
  order: Partial<RecountOrder> = {},
): RecountOrder & { files: string[] } {
  const rawDir = mkdtempSync(join(tmpdir(), 'final-'));
  dirs.push(rawDir);
  const files = new Map<string, Buffer[]>();
  for (const { at, door, records } of told) {
    const body = new DataView(new ArrayBuffer(records.length * RECORD_BYTES));
    records.forEach((record, i) => {
      writeRecord(body, i * RECORD_BYTES, record);
    });
    const name = `${minuteName(at)}-0.raw`;
    const block = encodeBlock(
      { v: 1, at, door: `door-${door}`, rooms: ['hall'] },
      new Uint8Array(body.buffer),
    );
    files.set(name, [...(files.get(name) ?? []), block]);
  }
  for (const [name, blocks] of files) writeFileSync(join(rawDir, name), Buffer.concat(blocks));
  return {
    ...{ rawDir, slug: 'hall', from: START, to: Math.max(...told.map(({ at }) => at)), rules: DEFAULT_RULES },
    stage: [{ at: START, stage: true }],
    ...order,
    files: [...files.keys()],
  };
}

/** All the oddities at once: moves, radios, robots, silent players, a crowd behind one key, a late door, midnight. */
function oddEvening(lasts: number) {
  const from = START - 120_000;
  const minute = START_MINUTE - 2;
  const crowd = makeCrowd({
    sessions: 400,
    seed: 8,
    lasts,
    doors: 3,
    stays: 150,
    moves: 70,
    radios: 0.1,
  }).map((one, i) => (i % 40 === 0 ? { ...one, key: 77n, joins: 30, leaves: lasts, silent: false } : one));
  const numbers = new Map(crowd.map(({ id }, i) => [id, i]));
  const told: Told[] = [];
  const kept: Told[] = [];
  for (let now = 10; now <= lasts + 30; now += 10)
    for (const [door, body] of recordsAt(crowd, now, 3, minute)) {
      const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
      const records = Array.from({ length: body.length / RECORD_BYTES }, (_, i) => {
        const record = readRecord(view, i * RECORD_BYTES) as SessionRecord;
        const number = numbers.get(record.session) ?? 0;
        const silenced = { proven: [0, 0, 0, 0, 0, 0], proofs: Array.from({ length: 6 }, () => false) };
        return {
          ...{ ...record, ...(number % 23 === 1 ? silenced : {}) },
          exclusion: number % 17 === 2 ? exclusionCode('bot') : 0,
          // A robot with the key of somebody who counts.
          key: number % 17 === 2 ? (crowd[number + 1]?.key ?? 0n) : number % 19 === 3 ? 0n : record.key,
          flags: record.flags | (number % 5 === 0 ? 1 : 0),
          ...(number % 29 === 4 ? { transport: 'replay' as const } : {}),
        };
      });
      const block = { at: from + now * 1000 + door * 700, door, records };
      const isLate = door === 2 && now >= 130 && now < 190;
      (isLate ? kept : told).push(block);
      if (now === 240 && door === 2) told.push(...kept.map((late) => ({ ...late, at: block.at })));
    }
  const stage = [
    { at: from, stage: true },
    { at: from + 63_217, stage: false },
    { at: from + 144_444, stage: true },
  ];
  return written(told, { from, to: from + lasts * 1000, stage });
}

test('one thread, two and four find the same to the last byte, in files as they were written and in compact ones', async () => {
  const order = oddEvening(300);
  const once = JSON.stringify(await recount(order, { threads: 1 }));
  for (const threads of [2, 4]) expect(JSON.stringify(await recount(order, { threads }))).toBe(once);
  const { figures, excluded, late } = JSON.parse(once);
  expect(late).toBeGreaterThan(50);
  expect(excluded['many-sessions']).toBeGreaterThanOrEqual(4);
  expect(excluded['bytes-without-proof']).toBeGreaterThanOrEqual(1);
  expect(excluded.bot).toBeGreaterThan(10);
  expect(Object.keys(figures.unique_listeners.parts)).toHaveLength(2);
  for (const id of ['embed_listens', 'replay_listens', 'drop_ins'])
    expect(figures[id].net).toBeGreaterThan(0);
  expect(figures.listening_seconds.parts.standby).toBeGreaterThan(0);
  for (const file of order.files) {
    await compact({ dir: order.rawDir, file });
    rmSync(join(order.rawDir, file));
  }
  const small = JSON.stringify(await recount(order, { threads: 1 }));
  expect(JSON.stringify(await recount(order, { threads: 2 }))).toBe(small);
  expect(JSON.parse(small).excluded).toEqual(excluded);
});

/** Six slots of ten seconds, all proven. */
const whole = (
  session: number,
  key: number,
  minute: number,
  more: Partial<SessionRecord> = {},
): SessionRecord => ({
  ...{
    session: BigInt(session),
    key: BigInt(key),
    minute,
    room: 0,
    transport: 'stream',
    flags: 0,
    exclusion: 0,
  },
  ...{ delivered: [10, 10, 10, 10, 10, 10], proven: [10, 10, 10, 10, 10, 10], door: 0 },
  proofs: [true, false, false, true, false, false],
  ...more,
});

test('a key that is of sessions that count and of others that do not is one listener in the gross figure', async () => {
  const bot = { exclusion: exclusionCode('bot') };
  const order = written([
    {
      ...{ at: START + 61_000, door: 0 },
      records: [
        whole(1, 5, START_MINUTE),
        whole(2, 5, START_MINUTE, bot),
        whole(3, 6, START_MINUTE, bot),
        whole(4, 7, START_MINUTE),
      ],
    },
  ]);
  for (const samples of [true, false])
    for (const threads of [1, 2]) {
      const { unique_listeners: unique } = (await recount(order, { threads, samples })).figures;
      expect(unique).toMatchObject({ net: 2, gross: 3 });
    }
});

test('in a room of many hours nobody listens because of what they heard 256 minutes before', async () => {
  // The first comes back after hours; the second stays away, and somebody else comes.
  const order = written(
    [0, 1, 256, 257].map((minute) => ({
      ...{ at: START + minute * 60_000 + 61_000, door: 0 },
      records: [1, minute < 2 ? 2 : 3].map((session) => whole(session, session, START_MINUTE + minute)),
    })),
  );
  const { figures } = await recount(order);
  expect(figures.listening_seconds?.net).toBe(8 * 60);
  expect(figures.peak_concurrent?.net).toBe(2);
  expect(figures.unique_listeners?.net).toBe(3);
});

test('says how far it is, and a file that is gone ends it in all threads', async () => {
  const order = written([{ at: START + 61_000, door: 0, records: [whole(1, 5, START_MINUTE)] }]);
  const shares: number[] = [];
  await recount(order, { threads: 2, progress: (share) => void shares.push(share) });
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  const [first] = order.files as [string];
  await compact({ dir: order.rawDir, file: first });
  rmSync(join(order.rawDir, first));
  writeFileSync(join(order.rawDir, compactName(first)), 'damaged');
  for (const threads of [1, 2])
    await expect(recount(order, { threads })).rejects.toThrow('not a compact file');
});
