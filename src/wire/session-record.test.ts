import { expect, test } from 'vitest';
import { FLAG, RECORD_BYTES, readRecord, type SessionRecord, writeRecord } from './session-record.ts';

const RECORD: SessionRecord = {
  session: 0xfedc_ba98_7654_3210n,
  key: 1n,
  minute: 29_940_000,
  room: 513,
  transport: 'replay',
  flags: FLAG.hidden | FLAG.silent,
  exclusion: 7,
  delivered: [10, 0, 3, 9, 1, 10],
  proven: [0, 10, 5, 0, 0, 1],
  proofs: [true, false, false, true, false, true],
  door: 255,
};

test('a record is read as it was written, at any offset', () => {
  const view = new DataView(new ArrayBuffer(2 * RECORD_BYTES));
  writeRecord(view, RECORD_BYTES, RECORD);
  expect(readRecord(view, RECORD_BYTES)).toEqual(RECORD);
  expect(new Uint8Array(view.buffer, 0, RECORD_BYTES).every((byte) => byte === 0)).toBe(true);
});

test('seconds are cut to what a slot holds, and an unknown transport is no record', () => {
  const view = new DataView(new ArrayBuffer(RECORD_BYTES));
  writeRecord(view, 0, { ...RECORD, delivered: [-1, 10.4, 11, 99, 0.5, 0] });
  expect(readRecord(view, 0)?.delivered).toEqual([0, 10, 10, 10, 1, 0]);
  view.setUint8(22, 0x0f);
  expect(readRecord(view, 0)).toBeUndefined();
});
