import { beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { decodeWithFfmpeg, ffmpeg } from '../../../test/ffmpeg.ts';
import { packageSound } from '../../../test/packaged.ts';
import { testTag } from '../../../test/segment-tag.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../../base/time.ts';
import { loadCodecs } from '../../packager/encoding.ts';
import { fmp4Init } from '../../packager/fmp4.ts';
import { EMPTY } from '../../wire/feed.ts';
import type { Mark } from '../../wire/mark.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { RoomStatus } from '../../wire/room.ts';
import { open } from '../index.ts';
import { LAYOUT_KEPT_MS } from './download.ts';
import { GROWING_HEAD_BYTES } from './growing-file.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SECONDS = 40;
const FIRST = 1000;
const LIVE_AT = FIRST + 5;
const KEPT = RENDITIONS.filter(({ id }) => id === 'aac96');
let fragments: Uint8Array[];

beforeAll(async () => {
  const tone = new Float32Array(48_000 * SECONDS);
  // Each second has a pitch of its own, so that a jump or a mix-up is seen.
  for (let n = 0; n < tone.length; n++)
    tone[n] = 0.3 * Math.sin((2 * Math.PI * (300 + 20 * Math.floor(n / 48_000)) * n) / 48_000);
  const packaged = await packageSound(await loadCodecs(), KEPT, tone, { firstSeq: FIRST });
  fragments = (packaged.get('aac96') ?? []).map(({ bytes }) => bytes);
}, 60_000);

/** A room whose recording grows: `pieces` of sixteen fragments are on the disk. */
function room() {
  const clock = manualClock(ZERO);
  const marks: Mark[] = [{ kind: 'status', status: 'live', at: ZERO + LIVE_AT * FRAGMENT_MS }];
  let pieces = 2;
  let noted: number | undefined;
  let version = 0;
  const origin = open({
    ...{ clock, log: silentLog, holdWhileAway: true, tag: testTag },
    archive: {
      recording: async () => ({
        ...{ title: 'A room', zero: ZERO, renditions: KEPT, gaps: [], marks },
        pieces: new Map([
          ['aac96', Array.from({ length: pieces }, (_, n) => ({ first: FIRST + 16 * n, count: 16 }))],
        ]),
      }),
      version: async () => String(version),
      init: async () => fmp4Init('aac'),
      read: async (_, __, { first, count }) =>
        Buffer.concat(fragments.slice(first - FIRST, first - FIRST + count)),
      async noteGrowing() {
        noted = clock.wall();
      },
      growingNoted: async () => noted,
    },
  });
  const card = { slug: 'room', title: 'A room', hosts: ['Ada'], clocks: {}, zero: ZERO };
  const tell = (status: RoomStatus, title = 'A room'): void =>
    origin.receive({ head: { kind: 'rooms', rooms: [{ ...card, status, title }] }, body: EMPTY });
  tell('live');
  return {
    clock,
    tell,
    marks,
    grow(to: number): void {
      pieces = to;
      version++;
      clock.advance(10_000);
    },
    async get(headers: Record<string, string> = {}, query = '') {
      const asked = new URLSearchParams(query);
      const reply = await origin.answer('/r/room/replay.m4a', asked, headers, AbortSignal.timeout(5000));
      const chunks: Buffer[] = [];
      if (reply && typeof reply.body !== 'string' && !(reply.body instanceof Uint8Array))
        for await (const chunk of reply.body) chunks.push(chunk as Buffer);
      return { status: reply?.status, headers: reply?.headers ?? {}, bytes: Buffer.concat(chunks) };
    },
  };
}

describe('the file of a room that is still running', () => {
  it('moves no byte of sound while it grows, whatever happens to its title and its chapters', async () => {
    const { get, grow, marks, tell } = room();
    const before = (await get()).bytes;
    grow(5);
    for (let n = 0; n < 40; n++)
      marks.push({
        ...{ kind: 'speaking', id: `${n}`, name: `Speaker number ${n}` },
        from: ZERO + (LIVE_AT + n) * FRAGMENT_MS,
        to: ZERO + (LIVE_AT + n + 14) * FRAGMENT_MS,
      });
    tell('live', 'Another title, which is much longer than the one before');
    const after = (await get()).bytes;
    expect(after.length).toBeGreaterThan(before.length);
    expect(
      after.subarray(GROWING_HEAD_BYTES, before.length).equals(before.subarray(GROWING_HEAD_BYTES)),
    ).toBe(true);
  });

  it('is one file that decodes without a complaint when its ranges came at different moments', async () => {
    const { get, grow } = room();
    const begin = await get({ range: 'bytes=0-99999' });
    expect(begin.status).toBe(206);
    grow(7);
    const rest = await get({ range: 'bytes=100000-' });
    expect(rest.status).toBe(206);
    const joined = Buffer.concat([begin.bytes, rest.bytes]);
    const sound = await decodeWithFfmpeg('mov', joined);
    // Seven pieces, without what was before the room went live; the encoder's own delay is in it.
    expect(sound.length).toBe((7 * 16 - 5) * 15 * 1024);
    const whole = await decodeWithFfmpeg('mov', (await get()).bytes);
    expect(Buffer.from(sound.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
  });

  it('begins at zero, and its index leads to the right second', async () => {
    const { get, grow } = room();
    grow(7);
    const { bytes } = await get();
    const { writeFile, rm } = await import('node:fs/promises');
    const path = `/tmp/earshot-growing-${process.pid}.m4a`;
    await writeFile(path, bytes);
    try {
      const from = 20;
      const raw = await ffmpeg(
        Buffer.alloc(0),
        ...['-ss', String(from), '-i', path, '-t', '0.5', '-ac', '1', '-ar', '48000', '-f', 'f32le'],
      );
      const sound = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
      // Second 20 of the replay is second 21.6 of the programme: it went live at fragment 5.
      let crossings = 0;
      for (let n = 1; n < 4800; n++) if ((sound[n - 1] ?? 0) < 0 && (sound[n] ?? 0) >= 0) crossings++;
      expect(Math.abs(crossings * 10 - (300 + 20 * 21))).toBeLessThan(12);
    } finally {
      await rm(path, { force: true });
    }
  });

  it('answers a range of the version that a client has, by If-Range, and starts again for another', async () => {
    const { get, grow } = room();
    const begin = await get({ range: 'bytes=0-999' });
    const total = begin.headers['content-range']?.split('/')[1];
    grow(4);
    const more = await get({ range: 'bytes=1000-1999', 'if-range': begin.headers.etag ?? '' });
    expect([more.status, more.headers['content-range'], more.headers.etag]).toEqual([
      206,
      `bytes 1000-1999/${total}`,
      begin.headers.etag,
    ]);
    expect((await get({ range: 'bytes=1000-1999', 'if-range': '"other"' })).status).toBe(200);
  });

  it('keeps its layout for a while after the end, for whoever plays it, and is then a file with a table', async () => {
    const { get, grow, tell, clock } = room();
    const begin = await get({ range: 'bytes=0-99999' });
    tell('ended');
    grow(6);
    const rest = await get({ range: 'bytes=100000-' });
    expect((await decodeWithFfmpeg('mov', Buffer.concat([begin.bytes, rest.bytes]))).length).toBe(
      (6 * 16 - 5) * 15 * 1024,
    );
    clock.advance(LAYOUT_KEPT_MS + 1);
    const later = (await get()).bytes;
    expect(later.includes(Buffer.from('moof'))).toBe(false);
    expect((await decodeWithFfmpeg('mov', later)).length).toBeGreaterThan(0);
  });

  it('that nobody read while it grew becomes a file with a table at the end', async () => {
    const { get, grow, tell } = room();
    tell('ended');
    grow(6);
    expect((await get()).bytes.includes(Buffer.from('moof'))).toBe(false);
  });

  it('is never made louder while it grows', async () => {
    const { get } = room();
    expect((await get({}, 'loudness=normalised')).bytes.equals((await get()).bytes)).toBe(true);
  });
});
