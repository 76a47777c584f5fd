import { expect, test } from 'vitest';
import { RECORD_BYTES, readRecord, type SessionRecord, writeRecord } from '../../wire/session-record.ts';
import { MINUTES_KEPT, SessionRows, secondsIn, withProof, withSeconds } from './session-table.ts';

const seeded = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const session = (low: number, key: number) =>
  ({
    ...{
      id: [low, 7] as const,
      key: [key, 9] as const,
      told: [key, 8] as const,
      room: 3,
      way: 'stream' as const,
    },
    ...{ flags: 0, exclusion: 0, network: -1, person: 0 },
  }) as const;

test('rows are found by id and by key while sessions come and go, thousands of them', () => {
  const table = new SessionRows();
  const random = seeded(3);
  const rows = new Map<number, number>();
  const keys = new Map<number, Set<number>>();
  for (let step = 0; step < 20_000; step += 1) {
    // Ids that fall on the same places of the index, so that gaps are closed across others.
    const id = Math.floor(random() * 3_000) * 64;
    const key = Math.floor(random() * 40);
    const row = rows.get(id);
    if (row === undefined) {
      const made = table.add(session(id, key), step);
      rows.set(id, made);
      keys.set(key, (keys.get(key) ?? new Set()).add(made));
    } else if (random() < 0.6) {
      keys.get(table.keyLow[row] ?? 0)?.delete(row);
      table.remove(row);
      rows.delete(id);
    }
  }
  expect(table.size).toBe(rows.size);
  for (const [id, row] of rows) expect(table.find(id, 7)).toBe(row);
  expect(table.find(64 * 5_000, 7)).toBe(-1);
  for (const [key, those] of keys) {
    const found = new Set<number>();
    for (let row = table.firstOf(key, 9); row >= 0; row = table.nextOf(row)) found.add(row);
    expect(found).toEqual(those);
  }
});

test('a record is written as the wire says it', () => {
  const table = new SessionRows();
  const row = table.add({ ...session(0x1234_5678, 0x9abc_def0), flags: 8, exclusion: 4 }, 0);
  table.reach(row, 29_000_000);
  const at = table.at(row, 29_000_000);
  const [delivered, proven] = [
    [0, 10, 3, 10, 0, 7],
    [10, 0, 0, 9, 1, 2],
  ];
  for (let slot = 0; slot < 6; slot += 1) {
    table.delivered[at] = withSeconds(table.delivered[at] ?? 0, slot, delivered?.[slot] ?? 0);
    table.confirmed[at] = withSeconds(table.confirmed[at] ?? 0, slot, proven?.[slot] ?? 0);
  }
  table.confirmed[at] = withProof(table.confirmed[at] ?? 0, 5);
  const view = new DataView(new ArrayBuffer(RECORD_BYTES));
  table.write(view, 0, row, 29_000_000, 2, 11);
  const record: SessionRecord = {
    session: (7n << 32n) | 0x1234_5678n,
    key: (8n << 32n) | 0x9abc_def0n,
    ...{ minute: 29_000_000, room: 2, transport: 'stream', flags: 8, exclusion: 4, door: 11 },
    delivered: delivered ?? [],
    proven: proven ?? [],
    proofs: [false, false, false, false, false, true],
  };
  expect(readRecord(view, 0)).toEqual(record);
  const same = new DataView(new ArrayBuffer(RECORD_BYTES));
  writeRecord(same, 0, record);
  expect(new Uint8Array(view.buffer)).toEqual(new Uint8Array(same.buffer));
});

test('seconds are cut to a slot, and what else is in the word stays', () => {
  const word = withProof(withSeconds(withSeconds(0, 0, 4), 5, 12), 0);
  expect([0, 1, 2, 3, 4, 5].map((slot) => secondsIn(word, slot))).toEqual([4, 0, 0, 0, 0, 10]);
  expect(withSeconds(word, 0, -3) >>> 24).toBe(1);
});

test('the records of the last three minutes are kept, and those of one that is over are empty', () => {
  const table = new SessionRows();
  const row = table.add(session(1, 1), 0);
  for (const minute of [100, 101, 102]) {
    table.reach(row, minute);
    table.delivered[table.at(row, minute)] = minute;
    table.touch(row, minute);
  }
  expect([100, 101, 102].map((minute) => table.delivered[table.at(row, minute)])).toEqual([100, 101, 102]);
  expect(table.dirty[row]).toBe(0b111);
  table.reach(row, 104);
  expect(table.at(row, 101)).toBe(-1);
  expect([102, 103, 104].map((minute) => table.delivered[table.at(row, minute)])).toEqual([102, 0, 0]);
  expect(table.dirty[row]).toBe(0b100);
  table.reach(row, 99);
  expect(table.minute[row]).toBe(104);
  expect(MINUTES_KEPT).toBe(3);
});

test('a table takes little memory', () => {
  const table = new SessionRows();
  for (let id = 0; id < 20_000; id += 1) table.add(session(id, id), 0);
  let bytes = 0;
  for (const column of Object.values(table)) if (ArrayBuffer.isView(column)) bytes += column.byteLength;
  // Its two indexes are private: four words of a row each.
  expect(bytes / 32_768 + 24).toBeLessThan(200);
});
