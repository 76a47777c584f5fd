import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { numbered } from '../../test/door.ts';
import type { Rendition } from '../base/media.ts';
import { FRAGMENT_MS, ms } from '../base/time.ts';
import { decodeNotice, type Notice } from '../wire/notice.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { openCounters } from './counters.ts';
import { openFanout } from './fanout.ts';
import { noticeMs } from './feed.ts';
import { LIMITS } from './limits.ts';
import type { DoorOrigin } from './origin-port.ts';

const rendition = (id: string): Rendition => RENDITIONS.find((r) => r.id === id) as Rendition;
/** A fragment of 40 bytes that says its number and its rendition. */
const fragment = (id: string, seq: number): Buffer => {
  const bytes = numbered(seq, 40);
  bytes[8] = RENDITIONS.findIndex((r) => r.id === id);
  return bytes;
};

interface Heard {
  readonly seq: number;
  readonly rendition: string;
  readonly at: number;
}

/** What one connection heard, and was told. */
class Ear {
  readonly heard: Heard[] = [];
  readonly notices: (Notice & { at: number })[] = [];
  readonly writes: number[] = [];
  readonly socket: Socket;
  head = '';
  ended = false;

  constructor(now: () => number) {
    const ear = this;
    const on = function (this: unknown) {
      return this;
    };
    this.socket = {
      writableLength: 0,
      on,
      cork() {},
      uncork() {},
      write(data: string | Buffer) {
        if (typeof data === 'string') ear.head = data;
        else ear.#read(data, now());
      },
      end() {
        ear.ended = true;
      },
      destroy() {},
      resetAndDestroy() {},
    } as unknown as Socket;
  }

  #read(bytes: Buffer, at: number) {
    this.writes.push(at);
    for (let i = 0; i < bytes.length; ) {
      const size = bytes.readUInt32BE(i);
      const box = bytes.subarray(i, i + size);
      if (box.toString('latin1', 4, 8) === 'emsg') {
        const notice = decodeNotice(box);
        if (notice) this.notices.push({ ...notice, at });
      } else {
        const id = RENDITIONS[box[8] ?? 0]?.id ?? '';
        this.heard.push({ seq: box.readUInt32BE(4), rendition: id, at });
      }
      i += size;
    }
  }

  get seqs(): number[] {
    return this.heard.map(({ seq }) => seq);
  }
  says(name: string): string | undefined {
    return new RegExp(`${name}: (.*)\r\n`).exec(this.head)?.[1];
  }
}

/** A fan-out on a manual clock, before an origin that makes a fragment of each coded rendition every 320 ms. */
function rig(begun = 200) {
  const clock = manualClock();
  const counters = openCounters();
  const listeners: Parameters<DoorOrigin['onFragment']>[0][] = [];
  const ends: ((slug: string) => void)[] = [];
  const coded = new Set(['opus64', 'aac96', 'radio-mp3']);
  const held = new Map<string, { seq: number; bytes: Buffer }[]>();
  let seq = 1000;
  const make = () => {
    seq += 1;
    for (const id of coded) {
      const list = held.get(id) ?? [];
      held.set(id, list);
      const bytes = fragment(id, seq);
      list.push({ seq, bytes });
      if (list.length > 144) list.shift();
      for (const listen of listeners) listen('room', id, seq, bytes);
    }
  };
  for (let i = 0; i < begun; i += 1) make();
  const origin: DoorOrigin = {
    onFragment: (listen) => void listeners.push(listen),
    onEnd: (listen) => void ends.push(listen),
    join(slug, id, { after, margin = 0, at }) {
      const list = held.get(id);
      if (slug !== 'room') return 'room-unknown';
      if (!list) return 'studio-away';
      const from = at ?? (after === undefined ? seq + 1 - Math.ceil((320 + margin) / 320) : after + 1);
      const fragments = list.filter((f) => f.seq >= from);
      return { init: Buffer.alloc(0), fragments, untilNext: ms(320), period: ms(320) };
    },
    answer: () => undefined,
    card: () => undefined,
    cards: () => [],
    state: () => undefined,
  };
  const state = {
    delivery: { period: 320 } as { period: number; ceiling?: number },
    place: 'live' as 'live' | 'ring',
  };
  const fanout = openFanout({
    ...{ clock, origin, counters, limits: LIMITS },
    fault(error) {
      throw error;
    },
    delivery: () => state.delivery,
    place: () => ({ at: state.place }),
  });
  return Object.assign(state, {
    ...{ clock, fanout, coded, counters },
    newest: () => seq,
    join(id = 'opus64', more: object = {}): Ear {
      const ear = new Ear(() => clock.now());
      const refusal = fanout.join(ear.socket, {
        slug: 'room',
        rendition: rendition(id),
        margin: ms(300),
        ...more,
      });
      expect(refusal).toBeUndefined();
      return ear;
    },
    /** Lets `seconds` pass, a fragment every 320 ms. */
    run(seconds: number) {
      for (let left = seconds * 1000; left > 0; left -= FRAGMENT_MS) {
        clock.advance(FRAGMENT_MS);
        make();
      }
    },
    end() {
      for (const listen of ends) listen('room');
    },
  });
}
const unbroken = (seqs: readonly number[]): boolean =>
  seqs.length > 1 && seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1);
/** The longest pause between two writes from `from` on. */
const longest = (ear: Ear, from = 0): number =>
  ear.writes.reduce(
    (most, at, i) => (i > 0 && at > from ? Math.max(most, at - (ear.writes[i - 1] ?? 0)) : most),
    0,
  );

test('in the ring one is half a minute behind, written to once per segment', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join();
  expect(ear.says('earshot-place')).toBe('ring');
  expect(Number(ear.says('earshot-behind'))).toBe(94 * 320);
  expect(ear.says('earshot-period')).toBe('5120');
  expect(ear.seqs.at(-1)).toBe(trial.newest() - 94);
  trial.run(60);
  expect(unbroken(ear.seqs)).toBe(true);
  expect(ear.writes.length).toBeLessThanOrEqual(1 + 12);
  expect(trial.newest() - (ear.seqs.at(-1) ?? 0)).toBeLessThanOrEqual(94 + 16);
  expect(trial.fanout.live('room')).toBe(0);
  expect(trial.fanout.counts().get('room')).toEqual({ streams: 1, live: 0, wanted: ['opus64'] });
});

/** Seconds until everyone of one write period is in another. */
const moved = (from: number, to: number): number => (noticeMs(from, to) + 2 * from + to) / 1000;

test('a longer period: newcomers at once, those who are here after they were told; nobody misses a fragment', () => {
  const trial = rig();
  const early = trial.join();
  trial.run(2);
  trial.delivery = { period: 1280 };
  trial.run(1);
  const late = trial.join();
  expect(late.says('earshot-period')).toBe('1280');
  const at = trial.clock.now();
  trial.run(20);
  // The old pace goes on for 12 s per doubling, and the new one runs beside it.
  expect(early.notices).toMatchObject([{ period: 1280, in: 24_000 }]);
  expect(longest(early)).toBe(320);
  expect(longest(late, at)).toBe(1280);
  trial.run(moved(320, 1280) - 20);
  const after = trial.clock.now();
  trial.run(10);
  expect(early.notices).toMatchObject([
    { period: 1280, in: 24_000 },
    { period: 1280, in: 0 },
  ]);
  const there = early.notices[1]?.at ?? 0;
  expect(there - (early.notices[0]?.at ?? 0)).toBeGreaterThanOrEqual(24_000);
  expect(longest(early)).toBeLessThanOrEqual(1280);
  expect(early.writes.filter((t) => t > after).length).toBeLessThanOrEqual(8);
  for (const ear of [early, late]) expect(unbroken(ear.seqs)).toBe(true);
});

test('a shorter period takes effect with the next write, and a change that is taken back moves nobody', () => {
  const trial = rig();
  const ear = trial.join();
  trial.delivery = { period: 2560 };
  trial.run(10);
  trial.delivery = { period: 320 };
  trial.run(60);
  expect(ear.notices).toMatchObject([
    { period: 2560, in: noticeMs(320, 2560) },
    { period: 320, in: 0 },
  ]);
  expect(longest(ear)).toBe(320);
  trial.delivery = { period: 2560 };
  trial.run(moved(320, 2560) + 6);
  expect(ear.notices.at(-1)).toMatchObject({ period: 2560, in: 0 });
  trial.delivery = { period: 320 };
  const from = trial.clock.now();
  trial.run(2 * 2.56);
  const back = ear.notices.at(-1);
  expect(back).toMatchObject({ period: 320, in: 0 });
  expect((back?.at ?? 0) - from).toBeLessThanOrEqual(2560 + 320);
  trial.run(5);
  expect(longest(ear, back?.at)).toBe(320);
  expect(unbroken(ear.seqs)).toBe(true);
});

test('two steps up before the first took effect: one move, to the last of them', () => {
  const trial = rig();
  const ear = trial.join();
  trial.delivery = { period: 1280 };
  trial.run(10);
  const second = trial.join();
  trial.delivery = { period: 2560 };
  trial.run(moved(320, 2560) + 6);
  expect(ear.notices.map((notice) => notice.period)).toEqual([1280, 2560, 2560]);
  expect(second.notices.map((notice) => notice.period)).toEqual([2560, 2560]);
  for (const one of [ear, second]) {
    expect(longest(one)).toBeLessThanOrEqual(2560);
    expect(unbroken(one.seqs)).toBe(true);
  }
  const from = trial.clock.now();
  trial.run(2.56 * 4);
  expect(ear.writes.filter((t) => t > from)).toHaveLength(4);
});

test('a thousand listeners are moved slot by slot: no pause is longer than the new period, and no burst', () => {
  const trial = rig();
  const ears = Array.from({ length: 1000 }, () => trial.join());
  trial.run(1);
  trial.delivery = { period: 1280 };
  trial.run(moved(320, 1280) + 4);
  const per = new Map<number, number>();
  for (const ear of ears) {
    expect(longest(ear)).toBeLessThanOrEqual(1280);
    expect(unbroken(ear.seqs)).toBe(true);
    for (const at of ear.writes) per.set(at, (per.get(at) ?? 0) + 1);
  }
  per.delete(0);
  expect(Math.max(...per.values())).toBeLessThanOrEqual(128);
});

test('a ceiling takes the best that is within it, from the first fragment that is coded of it, and gives it back', () => {
  const trial = rig();
  const ear = trial.join();
  trial.delivery = { period: 320, ceiling: 24_000 };
  trial.run(3);
  expect(new Set(ear.heard.map((f) => f.rendition))).toEqual(new Set(['opus64']));
  expect(trial.fanout.counts().get('room')?.wanted.toSorted()).toEqual(['opus24', 'opus64']);
  trial.coded.add('opus24');
  trial.run(3);
  expect(ear.heard.at(-1)?.rendition).toBe('opus24');
  // Whoever comes now hears the same.
  const late = trial.join();
  expect(late.heard.at(-1)?.rendition).toBe('opus24');
  trial.delivery = { period: 320 };
  trial.run(2);
  expect(ear.heard.at(-1)?.rendition).toBe('opus64');
  expect(trial.fanout.counts().get('room')?.wanted).toContain('opus24');
  trial.run(70);
  expect(trial.fanout.counts().get('room')?.wanted).toEqual(['opus64']);
  for (const one of [ear, late]) expect(unbroken(one.seqs)).toBe(true);
});

test('a rendition that falls silent is replaced without a hole', () => {
  const trial = rig();
  trial.coded.add('opus16');
  trial.run(1);
  trial.delivery = { period: 320, ceiling: 16_000 };
  const ear = trial.join();
  trial.run(3);
  expect(ear.heard.at(-1)?.rendition).toBe('opus16');
  trial.coded.delete('opus16');
  trial.run(5);
  expect(ear.heard.at(-1)?.rendition).toBe('opus64');
  expect(unbroken(ear.seqs)).toBe(true);
});

test('whoever asks for what is not coded hears what is, at once', () => {
  const trial = rig();
  const ear = trial.join('opus32');
  expect(ear.heard.at(-1)?.rendition).toBe('opus64');
  trial.run(2);
  expect(unbroken(ear.seqs)).toBe(true);
  expect(trial.fanout.counts().get('room')?.wanted.toSorted()).toEqual(['opus32', 'opus64']);
});

test('those who wait longest move up first: told where, and at the live edge from there on', () => {
  const trial = rig();
  trial.place = 'ring';
  const ears: Ear[] = [];
  for (let i = 0; i < 5; i += 1) {
    ears.push(trial.join());
    trial.run(1);
  }
  const gone = ears[1] as Ear;
  trial.fanout.drop(gone.socket, 'stalled');
  expect(trial.fanout.promote('room', 2)).toBe(2);
  expect(trial.fanout.live('room')).toBe(2);
  trial.run(12);
  for (const [i, ear] of ears.entries()) {
    if (ear === gone) continue;
    const up = i === 0 || i === 2;
    expect(ear.notices).toHaveLength(up ? 1 : 0);
    if (!up) expect(unbroken(ear.seqs)).toBe(true);
    else {
      const notice = ear.notices[0];
      expect(notice).toMatchObject({ place: 'live', period: 320 });
      const from = notice && 'from' in notice ? notice.from : -1;
      const cut = ear.seqs.indexOf(from);
      expect(unbroken(ear.seqs.slice(0, cut)) && unbroken(ear.seqs.slice(cut))).toBe(true);
      expect(ear.seqs.at(-1)).toBe(trial.newest());
    }
  }
  expect(trial.fanout.promote('nowhere', 3)).toBe(0);
  expect(trial.fanout.promote('room', 9)).toBe(2);
});

test('a radio is moved up and slowed down without a word: it gets sound in every case', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join('radio-mp3');
  trial.run(12);
  expect(trial.fanout.promote('room', 1)).toBe(1);
  trial.delivery = { period: 2560 };
  trial.run(50);
  expect(ear.notices).toEqual([]);
  expect(ear.seqs.at(-1)).toBeGreaterThan(trial.newest() - 9);
});

test('the end of the program is heard in the ring as well, at its own time', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join();
  trial.place = 'live';
  const live = trial.join();
  trial.run(10);
  trial.end();
  expect([live.ended, ear.ended]).toEqual([true, false]);
  trial.clock.advance(20_000);
  expect(ear.ended).toBe(false);
  trial.clock.advance(15_000);
  expect(ear.ended).toBe(true);
  expect(ear.seqs.at(-1)).toBe(trial.newest());
  expect(unbroken(ear.seqs)).toBe(true);
});

test('a program younger than half a minute has a nearer ring, with sound at once', () => {
  const trial = rig(40);
  const ear = trial.join('opus64', { ring: true });
  expect(ear.says('earshot-place')).toBe('ring');
  expect(ear.heard.length).toBeGreaterThan(0);
  expect(Number(ear.says('earshot-behind'))).toBeLessThan(8_000);
  trial.run(12);
  expect(unbroken(ear.seqs)).toBe(true);
});

test('coming back: a listener of the ring goes on there, or begins anew at the live edge', () => {
  const trial = rig();
  trial.place = 'ring';
  const first = trial.join();
  trial.run(8);
  const after = first.seqs.at(-1) ?? 0;
  const again = trial.join('opus64', { after, was: 'ring' });
  expect(again.says('earshot-place')).toBe('ring');
  trial.run(12);
  expect(again.seqs[0]).toBe(after + 1);
  trial.place = 'live';
  const up = trial.join('opus64', { after, was: 'ring' });
  expect(up.says('earshot-place')).toBe('live');
  expect(up.seqs[0]).toBeGreaterThanOrEqual(trial.newest() - 2);
});

test('the fragments at hand last until the second write, wherever in the period one joins', () => {
  for (const period of [320, 1280, 2560, 5120]) {
    const trial = rig();
    trial.delivery = { period };
    const ears: { ear: Ear; joined: number }[] = [];
    for (let i = 0; i < 20; i += 1) {
      ears.push({ ear: trial.join(), joined: trial.clock.now() });
      trial.run(0.32);
    }
    trial.run(20);
    for (const { ear, joined } of ears) {
      const next = Number(ear.says('earshot-next'));
      // As the player does: its margin and `earshot-next` before the end of what it was given.
      const given = ear.heard.filter(({ at }) => at === joined).at(-1)?.seq ?? 0;
      const start = (given + 1) * 320 - 300 - next;
      for (const [i, at] of ear.writes.entries()) {
        if (at === joined) continue;
        const before = ear.heard.filter((f) => f.at <= (ear.writes[i - 1] ?? 0)).at(-1)?.seq ?? 0;
        const left = (before + 1) * 320 - (start + at - joined);
        expect(left).toBeGreaterThanOrEqual(299);
      }
      expect(start).toBeGreaterThanOrEqual((ear.seqs[0] ?? 0) * 320);
    }
  }
});
