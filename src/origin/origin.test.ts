import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { testTag } from '../../test/segment-tag.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs, FRAGMENT_MS, ms } from '../base/time.ts';
import { wholeFragments } from '../media/boxes.ts';
import { fullDelivery } from '../wire/delivery.ts';
import { EMPTY } from '../wire/feed.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { type RoomCard, type RoomState, RUN_UP_MS } from '../wire/room.ts';
import { tagOf } from '../wire/segment-tag.ts';
import { type Origin, open, type RecordingPort } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const KEPT = RENDITIONS.filter(({ id }) => id === 'opus64' || id === 'aac96');
const CARD: RoomCard = {
  slug: SLUG,
  title: 'A room',
  hosts: ['Ada'],
  status: 'live',
  clocks: { opened: ZERO },
  zero: ZERO,
  cell: 1,
};
const NOTHING: RecordingPort = {
  recording: async () => undefined,
  init: async () => undefined,
  read: async () => undefined,
};
/** How long a fragment takes from the end of its slot to the door in these tests. */
const WAY = 40;

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString('hex');

let clock: ManualClock;
let origin: Origin;
let heard: { rendition: string; seq: number; bytes: Buffer }[];
let ended: string[];
beforeEach(() => {
  clock = manualClock(ZERO);
  origin = open({ clock, log: silentLog, archive: NOTHING, holdWhileAway: true, tag: testTag });
  heard = [];
  ended = [];
  origin.onFragment((_, rendition, seq, bytes) => heard.push({ rendition, seq, bytes }));
  origin.onEnd((slug) => ended.push(slug));
});

const card = (change: Partial<RoomCard> = {}): void =>
  origin.receive({ head: { kind: 'rooms', rooms: [{ ...CARD, ...change }] }, body: EMPTY });

function announce(): void {
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
}

const give = (seq: number): void => {
  for (const { id } of KEPT)
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

const seqs = (rendition = 'opus64'): number[] =>
  heard.filter((f) => f.rendition === rendition).map((f) => f.seq);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const isStandby = (seq: number): boolean =>
  heard.some((f) => f.seq === seq && f.rendition === 'opus64' && f.bytes.includes('standby-opus64'));

describe('the origin', () => {
  it('has a list of three segments from the first fragment of a room that has just opened', async () => {
    clock.advance(RUN_UP_MS);
    announce();
    const first = RUN_UP_MS / FRAGMENT_MS + 4;
    run(first, first);
    for (const list of ['aac96.m3u8', 'aac96.slow.m3u8']) {
      const path = `/r/${SLUG}/live/${list}`;
      const reply = await origin.answer(path, new URLSearchParams(), {}, AbortSignal.timeout(1000));
      const text = Buffer.from(reply?.body as Uint8Array).toString();
      expect(text.match(/^aac96\/\d+\.m4s$/gm)).toEqual([
        'aac96/0.m4s',
        'aac96/1.m4s',
        'aac96/2.m4s',
        'aac96/3.m4s',
      ]);
    }
    // Streams begin with the room.
    expect(seqs('aac96')).toEqual([first]);
  });

  it('forwards each fragment once, in order, as it came', () => {
    card();
    announce();
    run(5, 30);
    for (const { id } of KEPT) expect(seqs(id)).toEqual(range(5, 30));
    expect(heard.every(({ rendition, seq, bytes }) => bytes.equals(markedFragment(rendition, seq)))).toBe(
      true,
    );
  });

  it('ignores fragments that a reconnected cell sends again', () => {
    card();
    announce();
    run(0, 20);
    announce();
    for (const seq of range(0, 20)) give(seq);
    run(21, 25);
    expect(seqs()).toEqual(range(0, 25));
  });

  it('fills the slots of a dead studio with standby at the pace of the program, until the studio continues', () => {
    card();
    announce();
    run(0, 20);
    clock.advance(10_000);
    const filled = seqs().at(-1) ?? 0;
    expect(seqs()).toEqual(range(0, filled));
    // 10 s are 31 slots; the last ones are still within their deadline.
    expect(filled).toBeGreaterThanOrEqual(48);
    expect(filled).toBeLessThanOrEqual(51);
    for (const { rendition, seq, bytes } of heard.filter((f) => f.seq > 20)) {
      expect(wholeFragments(bytes)).toEqual([{ seq, start: 0, end: bytes.length }]);
      const tag = seq % 16 === 0 ? hex(testTag(SLUG, seq / 16)) : undefined;
      expect(hex(tagOf(bytes))).toBe(tag);
      expect(bytes.includes(`standby-${rendition}:${seq % 3}`)).toBe(true);
    }
    expect(origin.state(SLUG)?.studio).toBe('away');
    run(60, 70);
    expect(seqs()).toEqual(range(0, 70));
    expect(seqs('aac96')).toEqual(range(0, 70));
    expect(isStandby(59)).toBe(true);
    expect(isStandby(60)).toBe(false);
  });

  it('logs once that standby begins, and once how long it was, however the studio stutters in between', () => {
    const said: [string, object][] = [];
    const log = { ...silentLog, warn: (fields: object, message: string) => said.push([message, fields]) };
    origin = open({ clock, log, archive: NOTHING, holdWhileAway: true, tag: testTag });
    card();
    announce();
    run(0, 20);
    clock.advance(3_000);
    // Every third fragment comes in time, for half a minute.
    for (let seq = 31; seq < 120; seq += 3) run(seq, seq);
    expect(said).toEqual([
      [
        'no sound from the studio in time: listeners hear hold music until it is back',
        { slug: SLUG, seq: 21 },
      ],
    ]);
    run(121, 121 + 16);
    expect(said).toHaveLength(2);
    const [words, { ms: lasted }] = said[1] as [string, { ms: number }];
    expect(words).toBe('the studio is heard again');
    // From the deadline of slot 21 to the arrival of 121.
    expect(Math.abs(lasted - 100 * FRAGMENT_MS)).toBeLessThan(1000);
    clock.advance(1_000);
    expect(said).toHaveLength(3);
    origin.receive({ head: { kind: 'end', slug: SLUG, last: 140 }, body: EMPTY });
    expect(said.map(([message]) => message)).toEqual(
      [words, words].flatMap((over) => [
        'no sound from the studio in time: listeners hear hold music until it is back',
        over,
      ]),
    );
  });

  it('begins standby within one period and the usual spread', () => {
    card();
    announce();
    run(0, 20);
    const before = clock.now();
    while (seqs().at(-1) === 20 && clock.now() - before < 5000) clock.advance(10);
    expect(clock.now() - before).toBeLessThanOrEqual(FRAGMENT_MS + FRAGMENT_MS + 150 + 10);
  });

  it('drops a real fragment whose slot was given out', () => {
    card();
    announce();
    run(0, 10);
    clock.advance(1200);
    const given = seqs().at(-1) ?? 0;
    expect(given).toBeGreaterThan(10);
    for (const seq of range(11, given)) give(seq);
    expect(seqs()).toEqual(range(0, given));
  });

  it('does not fill in for fragments that are slightly late', () => {
    card();
    announce();
    for (let seq = 0; seq < 60; seq++) {
      clock.advance(FRAGMENT_MS + (seq % 5 === 0 ? 250 : seq % 5 === 1 ? -250 : 0));
      give(seq);
    }
    expect(range(0, 59).filter(isStandby)).toEqual([]);
  });

  it('believes a studio that came back behind our clock after a few seconds, without a slot twice', () => {
    card();
    announce();
    run(0, 20);
    clock.advance(3000);
    // Its wall clock went back by 1.5 s: every fragment is four to five slots late from now on.
    const from = 21 + Math.floor((3000 - 1500) / FRAGMENT_MS);
    for (let seq = from; seq < from + 30; seq++) {
      clock.advance(FRAGMENT_MS);
      give(seq);
    }
    expect(seqs()).toEqual(range(0, from + 29));
    expect(range(from + 15, from + 29).filter(isStandby)).toEqual([]);
    expect(origin.state(SLUG)?.studio).not.toBe('away');
  });

  it('continues with the current slot after a jump that is longer than its window', () => {
    card();
    announce();
    run(0, 20);
    clock.stepWall(3_600_000);
    for (const seq of [11_270, 11_271]) {
      clock.advance(FRAGMENT_MS);
      give(seq);
    }
    expect(seqs()).toEqual([...range(0, 20), 11_270, 11_271]);
  });

  it('never leaves a room hanging after the site says it is over', () => {
    card();
    announce();
    run(0, 20);
    card({ status: 'ended' });
    clock.advance(2000);
    expect(ended).toEqual([]);
    expect(seqs()).toEqual(range(0, 20));
    origin.receive({ head: { kind: 'end', slug: SLUG, last: 20 }, body: EMPTY });
    clock.advance(10_000);
    expect(ended).toEqual([SLUG]);
    expect(origin.join(SLUG, 'opus64', {})).toBe('room-ended');
  });

  it('ends a room whose cell is gone when the site says so', () => {
    card();
    announce();
    run(0, 20);
    card({ status: 'ended' });
    clock.advance(3001);
    expect(ended).toEqual([SLUG]);
  });

  it('continues with a room that is on air again a moment after it ended', () => {
    card();
    announce();
    run(0, 20);
    card({ status: 'ended' });
    clock.advance(1000);
    card();
    clock.advance(5000);
    expect(ended).toEqual([]);
  });

  it('ends one program before another with its own numbers begins', () => {
    card();
    announce();
    run(0, 20);
    const zero = ZERO + 60_000;
    origin.receive({ head: { kind: 'program', slug: SLUG, zero, renditions: KEPT }, body: EMPTY });
    expect(ended).toEqual([SLUG]);
  });

  it('fills in for a program that was announced and never began', () => {
    card();
    announce();
    clock.advance(4900);
    expect(heard).toEqual([]);
    clock.advance(3000);
    expect(seqs().length).toBeGreaterThan(5);
    expect(seqs()).toEqual(range(seqs()[0] ?? -1, seqs().at(-1) ?? -1));
    run(40, 45);
    expect(seqs().at(-1)).toBe(45);
    expect(isStandby(45)).toBe(false);
  });

  it('does not fill in when standby is off', () => {
    origin = open({ clock, log: silentLog, archive: NOTHING, holdWhileAway: false, tag: testTag });
    origin.onFragment((_, rendition, seq, bytes) => heard.push({ rendition, seq, bytes }));
    card();
    announce();
    run(0, 20);
    clock.advance(5000);
    expect(seqs()).toEqual(range(0, 20));
    expect(origin.state(SLUG)?.studio).toBe('away');
  });
});

describe('joining', () => {
  const joined = (options: Parameters<Origin['join']>[2] = {}, rendition = 'opus64') => {
    const found = origin.join(SLUG, rendition, options);
    if (typeof found === 'string') throw new Error(found);
    return { ...found, seqs: found.fragments.map(({ seq }) => seq) };
  };

  beforeEach(() => {
    card();
    announce();
    run(0, 50);
  });

  it('begins with the newest period and margin', () => {
    expect(joined().seqs).toEqual([49, 50]);
    expect(joined({ margin: ms(1000) }).seqs).toEqual(range(46, 50));
    expect(Buffer.from(joined().init).toString()).toBe('init opus64');
  });

  it('says when the next fragment is expected', () => {
    expect(joined().untilNext).toBe(FRAGMENT_MS);
    clock.advance(100);
    expect(joined().untilNext).toBe(FRAGMENT_MS - 100);
    clock.advance(400);
    expect(joined().untilNext).toBe(0);
  });

  it('continues after the last fragment a listener has, while it is held', () => {
    expect(joined({ after: 30 }).seqs).toEqual(range(31, 50));
    expect(joined({ after: 50 }).seqs).toEqual([]);
    expect(joined({ after: 52 }).seqs).toEqual([]);
    expect(joined({ after: 4_000_000_000 }).seqs).toEqual([49, 50]);
    run(51, 250);
    expect(joined({ after: 30 }).seqs).toEqual([249, 250]);
  });

  it('begins where a listener wants to rewind to', () => {
    expect(joined({ at: 10 }).seqs).toEqual(range(10, 50));
  });

  it('says why a room cannot be joined', () => {
    expect(origin.join('none', 'opus64', {})).toBe('room-unknown');
    expect(origin.join(SLUG, 'none', {})).toBe('not-found');
    card({ slug: 'later', status: 'scheduled' });
    expect(origin.join('later', 'opus64', {})).toBe('room-not-open');
    card({ slug: 'new' });
    expect(origin.join('new', 'opus64', {})).toBe('studio-away');
  });
});

describe('the state', () => {
  const told: RoomState = {
    v: 1,
    at: ZERO,
    slug: SLUG,
    title: 'An old title',
    hosts: [],
    status: 'open',
    clocks: { firstAudio: ZERO + 5 },
    stage: [{ id: 'a', name: 'Ada', role: 'host', speaking: true, muted: false, connected: true }],
    program: { carries: 'stage', since: ZERO, deadAir: { cause: 'quiet', since: ZERO } },
    streams: 12,
    delivery: fullDelivery(320, 0),
    studio: 'here',
    gaps: [],
  };

  it('combines what the site knows with what the cell reports', () => {
    card();
    announce();
    run(0, 3);
    origin.receive({ head: { kind: 'state', slug: SLUG, state: told }, body: EMPTY });
    origin.receive({ head: { kind: 'clocks', slug: SLUG, clocks: { firstAudio: ZERO + 5 } }, body: EMPTY });
    expect(origin.state(SLUG)).toMatchObject({
      title: 'A room',
      status: 'live',
      streams: 12,
      studio: 'here',
      clocks: { opened: ZERO, firstAudio: ZERO + 5 },
    });
  });

  it('says what a studio says of its dead encoders while hold music stands in, and that it is away once it is silent', () => {
    card();
    announce();
    run(0, 3);
    const deadAir = { cause: 'encoder' as const, since: clock.wall() };
    clock.advance(3_000);
    const say = (): void =>
      origin.receive({
        head: {
          ...{ kind: 'state', slug: SLUG },
          state: { ...told, at: clock.wall(), program: { carries: 'stage', since: ZERO, deadAir } },
        },
        body: EMPTY,
      });
    expect(origin.state(SLUG)?.studio).toBe('away');
    say();
    expect(origin.state(SLUG)).toMatchObject({ studio: 'here', program: { carries: 'standby', deadAir } });
    expect(origin.state(SLUG)?.stage).toEqual(told.stage);
    clock.advance(5_000);
    expect(origin.state(SLUG)).toMatchObject({ studio: 'away', program: { carries: 'standby' } });
    expect(origin.state(SLUG)?.program.deadAir).toBeUndefined();
  });

  it('ends a room that the operator stops at once, refuses its sound with the reason, and goes on when it is resumed', async () => {
    card();
    announce();
    run(0, 3);
    const stopped = { at: clock.wall(), reason: 'It broke the rules.' };
    card({ status: 'stopped', stopped });
    expect(ended).toEqual([SLUG]);
    expect(origin.join(SLUG, 'opus64', {})).toBe('room-stopped');
    expect(origin.state(SLUG)).toMatchObject({ status: 'stopped', stopped });
    for (const path of ['live/opus64.m3u8', 'live/main.m3u8', 'replay/main.m3u8', 'replay.m4a']) {
      const reply = await origin.answer(
        `/r/${SLUG}/${path}`,
        new URLSearchParams(),
        {},
        AbortSignal.timeout(1000),
      );
      expect([path, reply?.status, String(reply?.body)]).toMatchObject([
        path,
        403,
        expect.stringContaining('It broke the rules.'),
      ]);
    }
    card();
    announce();
    run(40, 41);
    expect(origin.join(SLUG, 'opus64', {})).toMatchObject({ fragments: expect.anything() });
    expect(origin.state(SLUG)).toMatchObject({ status: 'live', studio: 'here' });
  });

  it('says at once that the studio is away, and no longer that somebody is speaking', () => {
    card();
    announce();
    run(0, 3);
    origin.receive({ head: { kind: 'state', slug: SLUG, state: told }, body: EMPTY });
    origin.cellDown(0);
    expect(origin.state(SLUG)?.studio).toBe('here');
    origin.cellDown(1);
    expect(origin.state(SLUG)).toMatchObject({ studio: 'away', program: { carries: 'standby' } });
    expect(origin.state(SLUG)?.stage).toMatchObject([{ speaking: false, connected: false }]);
    expect(origin.state(SLUG)?.program.deadAir).toBeUndefined();
    run(4, 4);
    expect(origin.state(SLUG)?.studio).toBe('here');
  });
});
