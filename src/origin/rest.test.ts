import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { testTag } from '../../test/segment-tag.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs, FRAGMENT_MS, ms } from '../base/time.ts';
import { EMPTY } from '../wire/feed.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { type Origin, open, type StreamStart } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const KEPT = RENDITIONS.filter(({ id }) => ['opus64', 'opus24', 'aac96', 'radio-mp3'].includes(id));
/** What is coded although nobody asks for it. */
const CODED = ['opus64', 'aac96'];
/** How long a fragment takes from the end of its slot to the door in these tests. */
const WAY = 40;
const HOUR = 3_600_000;

let clock: ManualClock;
let origin: Origin;
let heard: { rendition: string; seq: number; bytes: Buffer }[];
let told: string[];
beforeEach(() => {
  clock = manualClock(ZERO);
  origin = open({
    ...{ clock, log: silentLog, holdWhileAway: true, tag: testTag },
    archive: {
      recording: async () => undefined,
      init: async () => undefined,
      read: async () => undefined,
    },
  });
  heard = [];
  told = [];
  origin.onFragment((_, rendition, seq, bytes) => heard.push({ rendition, seq, bytes }));
  origin.onWanted((slug) => told.push(slug));
  const card = {
    ...{ slug: SLUG, title: 'A room', hosts: [], status: 'live' as const },
    ...{ clocks: {}, zero: ZERO, cell: 0 },
  };
  origin.receive({ head: { kind: 'rooms', rooms: [card] }, body: EMPTY });
  origin.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions: KEPT }, body: EMPTY });
  for (const { id } of KEPT) {
    origin.receive({ head: { kind: 'init', slug: SLUG, rendition: id }, body: Buffer.from(`init ${id}`) });
    const loop = [0, 1, 2].map((n) => markedFragment(`standby-${id}`, n));
    const sizes = loop.map((bytes) => bytes.length);
    origin.receive({
      head: { kind: 'standby', slug: SLUG, rendition: id, sizes },
      body: Buffer.concat(loop),
    });
  }
});

const give = (seq: number): void => {
  for (const id of CODED)
    origin.receive({
      head: { kind: 'fragment', slug: SLUG, rendition: id, seq },
      body: markedFragment(id, seq),
    });
};
/** Lets fragments `from` to `to` arrive at their time. */
function run(from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) {
    clock.advance(Math.max(0, ZERO + (seq + 1) * FRAGMENT_MS + WAY - clock.wall()));
    give(seq);
  }
}
const rest = (): void => origin.receive({ head: { kind: 'rest', slug: SLUG }, body: EMPTY });
function join(rendition: string, margin = 2000): StreamStart {
  const joined = origin.join(SLUG, rendition, { margin: ms(margin) });
  if (typeof joined === 'string') throw new Error(joined);
  return joined;
}
/** The newest slot that is over. */
const present = (): number => Math.floor((clock.wall() - WAY - ZERO) / FRAGMENT_MS) - 1;
const seqs = (rendition = 'opus64'): number[] =>
  heard.filter((f) => f.rendition === rendition).map((f) => f.seq);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('a room that rests', () => {
  it('costs a door nothing: no slot is filled, and nothing is said to be missing', () => {
    run(0, 20);
    rest();
    heard = [];
    clock.advance(HOUR);
    expect(heard).toEqual([]);
    expect(origin.state(SLUG)?.studio).toBe('here');
  });

  it.each(['opus64', 'opus24', 'aac96', 'radio-mp3'])(
    'is heard in %s at once by a newcomer, at the current slot',
    (id) => {
      run(0, 20);
      rest();
      clock.advance(HOUR);
      const joined = join(id);
      expect(told).toEqual([SLUG]);
      expect(joined.fragments.map(({ seq }) => seq)).toEqual(range(present() - 7, present()));
      for (const { seq, bytes } of joined.fragments)
        expect(bytes.includes(`standby-${id}:${seq % 3}`)).toBe(true);
      expect(joined.untilNext).toBeLessThanOrEqual(FRAGMENT_MS);
    },
  );

  it('continues at the pace of the program until the studio is back, which continues in the next slot', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    const first = join('opus64').fragments.at(-1)?.seq ?? 0;
    heard = [];
    clock.advance(2000);
    const before = present();
    expect(seqs()).toEqual(range(first + 1, before));
    expect(origin.state(SLUG)?.studio).toBe('here');
    run(before + 1, before + 10);
    expect(seqs()).toEqual(range(first + 1, before + 10));
    const newest = heard.filter(({ rendition }) => rendition === 'opus64').at(-1);
    expect(newest?.bytes).toEqual(markedFragment('opus64', before + 10));
    // What is wanted and not coded yet is standby still; nothing comes twice.
    expect(new Set(seqs('aac96')).size).toBe(seqs('aac96').length);
  });

  it.each([5, 42, 80])('continues without a gap even after resting for only %i s', (seconds) => {
    run(0, 20);
    rest();
    clock.advance(seconds * 1000);
    const first = join('opus64').fragments.at(-1)?.seq ?? 0;
    expect(first).toBe(present());
    heard = [];
    clock.advance(3000);
    run(present() + 1, present() + 3);
    const got = seqs();
    expect(got).toEqual(range(first + 1, first + got.length));
    expect(got.at(-1)).toBe(present());
  });

  it('sends nothing while a request is being admitted, however long that takes', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    const first = join('opus64').fragments.at(-1)?.seq ?? 0;
    heard = [];
    clock.stall(2 * FRAGMENT_MS);
    join('opus64');
    expect(heard).toEqual([]);
    clock.advance(10);
    expect(seqs()).toEqual([first + 1, first + 2]);
  });

  it('believes a studio whose first fragment comes a moment after its slot was filled', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    join('opus64');
    clock.advance(640 - ((clock.wall() - ZERO - WAY) % FRAGMENT_MS) + 5);
    const filled = present();
    heard = [];
    give(filled);
    expect(heard.filter(({ rendition }) => rendition === 'opus64')).toEqual([]);
    run(filled + 1, filled + 5);
    for (const seq of range(filled + 1, filled + 5))
      expect(heard.find((f) => f.seq === seq && f.rendition === 'opus64')?.bytes).toEqual(
        markedFragment('opus64', seq),
      );
  });

  it('has the same past in a door where nobody asked', async () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    const first = present() + 1;
    run(first, first + 1);
    const { fragments } = join('opus64', 30_000);
    expect(fragments.map(({ seq }) => seq)).toEqual(range(first + 1 - 94, first + 1));
    expect(fragments.at(-3)?.bytes.includes('standby-opus64')).toBe(true);
    const list = await origin.answer(
      `/r/${SLUG}/live/aac96.m3u8`,
      new URLSearchParams(),
      {},
      AbortSignal.timeout(1000),
    );
    expect(Buffer.from(list?.body as Uint8Array).toString()).toContain(
      `aac96/${Math.floor(first / 16) - 1}.m4s`,
    );
  });

  it('is woken by a request for a playlist, which has the current segment in it', async () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    const list = await origin.answer(
      `/r/${SLUG}/live/aac96.m3u8`,
      new URLSearchParams(),
      {},
      AbortSignal.timeout(1000),
    );
    expect(told).toEqual([SLUG]);
    expect(Buffer.from(list?.body as Uint8Array).toString()).toContain(
      `aac96/${Math.floor((present() + 1) / 16) - 1}.m4s`,
    );
  });

  it('follows the wall clock, by which the studio will continue', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    clock.stepWall(600_000);
    expect(join('opus64').fragments.at(-1)?.seq).toBe(present());
    rest();
    clock.stepWall(-5000);
    expect(origin.state(SLUG)?.studio).toBe('here');
  });

  it('rests again when nobody asks any more', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    join('opus64');
    run(present() + 5, present() + 40);
    clock.advance(61_000 - 41 * FRAGMENT_MS);
    rest();
    clock.advance(WAY + 62_000);
    heard = [];
    clock.advance(HOUR);
    expect(heard).toEqual([]);
  });

  it('is reported as away when its studio does not wake for a waiting listener', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    const first = join('opus64').fragments.at(-1)?.seq ?? 0;
    heard = [];
    clock.advance(29_000);
    expect(origin.state(SLUG)?.studio).toBe('here');
    clock.advance(3_000);
    expect(origin.state(SLUG)?.studio).toBe('away');
    // Late by the usual patience, but without a hole, for as long as it takes.
    const got = seqs();
    expect(got).toEqual(range(first + 1, first + got.length));
    expect(got.at(-1)).toBeGreaterThan(present() - 3);
    clock.advance(120_000);
    expect(seqs().at(-1)).toBeGreaterThan(present() - 3);
  });

  it('says that the studio is away when its process is gone', () => {
    run(0, 20);
    rest();
    clock.advance(HOUR);
    origin.cellDown(0);
    expect(origin.state(SLUG)?.studio).toBe('away');
    clock.advance(2000);
    expect(seqs().at(-1)).toBeGreaterThan(present() - 3);
  });
});
