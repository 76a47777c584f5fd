import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { testTag } from '../../../test/segment-tag.ts';
import { storedPiece } from '../../archive/piece-index.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../../base/time.ts';
import { fmp4Fragment, fmp4Init } from '../../packager/fmp4.ts';
import { EMPTY } from '../../wire/feed.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import { withTag } from '../../wire/segment-tag.ts';
import { open } from '../index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const FIRST = 1000;
/** In the middle of the first piece. */
const LIVE_AT = FIRST + 5;
const PIECES = 20;
const KEPT = RENDITIONS.filter(({ id }) => id === 'aac96');

/** The file of fragment `seq`: fifteen frames of many lengths, about as long as those of 96 kbit/s. */
const bare = (seq: number): Uint8Array =>
  fmp4Fragment(
    seq,
    Array.from({ length: 15 }, (_, n) => {
      const bytes = Buffer.alloc(180 + ((seq * 31 + n * 17) % 160), seq + n);
      bytes[0] = 0x21;
      return bytes;
    }),
  );
/** The same as a recording holds it: a segment's first one with its tag. */
const fragment = (seq: number): Uint8Array =>
  seq % 16 === 0 ? withTag(testTag('room', seq / 16), bare(seq)) : bare(seq);
const filesOf = (one: (seq: number) => Uint8Array): Buffer[] =>
  Array.from({ length: PIECES }, (_, n) =>
    Buffer.concat(Array.from({ length: 16 }, (_, k) => one(FIRST + 16 * n + k))),
  );
const files = filesOf(fragment);
const untagged = filesOf(bare);
const sizes = Buffer.concat(files.map((bytes, n) => storedPiece(FIRST + 16 * n, bytes).sizes));

/** A room with that recording; `read` counts what was read of the disk. */
function room(status: 'live' | 'ended', index: Buffer = sizes, kept: readonly Buffer[] = files) {
  const entries = kept.map((bytes, n) => storedPiece(FIRST + 16 * n, bytes));
  const read = { bytes: 0 };
  const counted = (bytes: Buffer): Buffer => {
    read.bytes += bytes.length;
    return Buffer.from(bytes);
  };
  const fileOf = (first: number): Buffer => kept[(first - FIRST) / 16] ?? Buffer.alloc(0);
  const origin = open({
    ...{ clock: manualClock(ZERO), log: silentLog, holdWhileAway: true, tag: testTag },
    archive: {
      recording: async () => ({
        ...{ title: 'A room', zero: ZERO, renditions: KEPT, gaps: [] },
        marks: [{ kind: 'status', status: 'live', at: ZERO + LIVE_AT * FRAGMENT_MS }],
        pieces: new Map([['aac96', entries.map(({ piece }) => piece)]]),
      }),
      version: async () => '1',
      init: async () => fmp4Init('aac'),
      read: async (_, __, { first }) => counted(fileOf(first)),
      readPart: async (_, __, { first }, from, to) => counted(fileOf(first).subarray(from, to)),
      frameSizes: async (_, __, from, count) => counted(index.subarray(from * 2, (from + count) * 2)),
    },
  });
  const card = { slug: 'room', title: 'A room', hosts: ['Ada'], clocks: {}, zero: ZERO, status };
  origin.receive({ head: { kind: 'rooms', rooms: [card] }, body: EMPTY });
  return {
    read,
    async get(range?: string): Promise<Buffer> {
      const asked = range === undefined ? {} : { range };
      const answer = await origin.answer(
        ...(['/r/room/replay.m4a', new URLSearchParams(), asked, AbortSignal.timeout(5000)] as const),
      );
      const chunks: Buffer[] = [];
      for await (const chunk of (answer?.body ?? []) as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}

describe.each(['live', 'ended'] as const)('a few bytes of the recording of a room that is %s', (status) => {
  it('cost a fragment or two of the disk, not a piece, and are the same bytes', async () => {
    const { get, read } = room(status);
    const whole = await get();
    let most = 0;
    for (let at = 60_000; at < whole.length - 300; at += 7919) {
      read.bytes = 0;
      const part = await get(`bytes=${at}-${at + 255}`);
      expect(part.equals(whole.subarray(at, at + 256)), `at ${at}`).toBe(true);
      most = Math.max(most, read.bytes);
    }
    expect(most).toBeLessThan(10_000);
  });

  it('are the same bytes in a recording of an earlier version, whose segments have no tags', async () => {
    const { get, read } = room(status, sizes, untagged);
    const whole = await get();
    for (let at = 60_000; at < whole.length - 300; at += 7919) {
      read.bytes = 0;
      expect((await get(`bytes=${at}-${at + 255}`)).equals(whole.subarray(at, at + 256)), `at ${at}`).toBe(
        true,
      );
      expect(read.bytes).toBeLessThan(20_000);
    }
  });

  it('are the same bytes across the border of two pieces, and in the first, which begins before the replay', async () => {
    const { get } = room(status);
    const whole = await get();
    for (const [from, to] of [
      [48_000, 51_000],
      [whole.length - 70_000, whole.length - 1],
      [50_000, 190_000],
      [whole.length - 1, whole.length - 1],
    ] as const)
      expect((await get(`bytes=${from}-${to}`)).equals(whole.subarray(from, to + 1)), `${from}`).toBe(true);
  });

  it('are the same bytes when the index of frames is not of these pieces', async () => {
    const whole = await room(status).get();
    const wrong = Buffer.from(sizes);
    for (let at = 0; at < wrong.length; at += 2) wrong.writeUInt16BE(200, at);
    // In the file with a table the sizes are the table as well: only what lies behind it is the sound.
    const from = whole.length - 30_000;
    const part = await room(status, wrong).get(`bytes=${from}-${from + 99}`);
    expect(part.equals(whole.subarray(from, from + 100))).toBe(true);
  });
});
