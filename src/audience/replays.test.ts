import { expect, test } from 'vitest';
import { RECORD_BYTES, type SessionRecord, writeRecord } from '../wire/session-record.ts';
import { takeRows } from './records/row-order.ts';
import { AudienceRoom } from './room.ts';
import { roomBytes, roomOf } from './room-file.ts';

const DAY_MINUTES = 1_440;
const FIRST = 20_000 * DAY_MINUTES;

/** A whole minute of a replay. */
const replay = (session: number, key: number, minute: number): SessionRecord => ({
  ...{
    session: BigInt(session),
    key: (BigInt(key) * 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn,
    minute,
    room: 0,
  },
  ...{ transport: 'replay', flags: 0, exclusion: 0, door: 0 },
  ...{ delivered: [10, 10, 10, 10, 10, 10], proven: [10, 10, 10, 10, 10, 10] },
  proofs: [true, false, false, true, false, false],
});

function give(room: AudienceRoom, records: readonly SessionRecord[]): void {
  const bytes = Buffer.alloc(records.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  records.forEach((record, i) => {
    writeRecord(view, i * RECORD_BYTES, record);
  });
  takeRows(new Int32Array(Uint8Array.from(bytes).buffer), [room]);
}

test('a replay counts once per key and day; those without a key each count', () => {
  const room = new AudienceRoom('hall');
  give(room, [
    replay(1, 7, FIRST),
    replay(2, 7, FIRST),
    replay(3, 8, FIRST),
    replay(4, 0, FIRST),
    replay(5, 0, FIRST),
  ]);
  expect(room.figures().replay_listens).toEqual({ net: 4, gross: 5, method: 'counted' });
  give(room, [replay(6, 7, FIRST + DAY_MINUTES)]);
  expect(room.figures().replay_listens?.net).toBe(5);
  const again = roomOf(Buffer.concat(roomBytes(room, { file: '', offset: 0 })))?.room;
  expect(again?.figures().replay_listens).toEqual(room.figures().replay_listens);
});

test('what grows when a room is over is told as it is now, and listens are the sum of their parts', () => {
  const room = new AudienceRoom('hall');
  room.memory.opened = FIRST * 60_000;
  give(room, [{ ...replay(20, 20, FIRST), transport: 'stream' }]);
  room.sample(FIRST * 60_000 + 30_000);
  give(room, [replay(1, 1, FIRST)]);
  const { tuned_in_live, drop_ins } = room.figures();
  const tuned = { ...tuned_in_live, net: 1, gross: 1, method: 'counted' } as const;
  room.finish(
    {
      at: 0,
      figures: {
        ...{ tuned_in_live: tuned, drop_ins: drop_ins ?? tuned },
        replay_listens: { net: 1, gross: 1, method: 'counted' },
        listens_total: { net: 2, gross: 2, method: 'counted', parts: { live: 1, replay: 1 } },
      },
      excluded: {},
    },
    { entry: 5, seq: 5 },
  );
  give(room, [replay(2, 2, FIRST + 20), replay(3, 3, FIRST + 20)]);
  const { metrics } = room.numbers(FIRST * 60_000);
  expect(metrics.replay_listens?.value).toBe(3);
  expect(metrics.listens_total).toMatchObject({ value: 4, parts: { live: 1, replay: 3 } });
});
