import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { testTag } from '../../test/segment-tag.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../base/time.ts';
import { EMPTY } from '../wire/feed.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { type Origin, open } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const ALWAYS = ['radio-aac', 'aac96', 'opus64'];
/** Ogg pages cannot be made up. */
const KNOWN = RENDITIONS.filter(({ container }) => container !== 'ogg');

let clock: ManualClock;
let origin: Origin;
let heard: { rendition: string; seq: number; bytes: Buffer }[];
let asked: string[];
let next: number;
beforeEach(() => {
  clock = manualClock(ZERO);
  const archive = {
    recording: async () => undefined,
    init: async () => undefined,
    read: async () => undefined,
  };
  origin = open({ clock, log: silentLog, archive, holdWhileAway: true, tag: testTag });
  heard = [];
  asked = [];
  next = 0;
  origin.onFragment((_, rendition, seq, bytes) => heard.push({ rendition, seq, bytes }));
  origin.onWanted((slug) => asked.push(slug));
  const card = {
    slug: SLUG,
    title: 'A room',
    hosts: [],
    status: 'live' as const,
    clocks: {},
    zero: ZERO,
    cell: 0,
  };
  origin.receive({ head: { kind: 'rooms', rooms: [card] }, body: EMPTY });
  origin.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions: KNOWN }, body: EMPTY });
  for (const { id } of KNOWN) {
    origin.receive({ head: { kind: 'init', slug: SLUG, rendition: id }, body: Buffer.from(`init ${id}`) });
    const loop = [0, 1, 2].map((n) => markedFragment(`standby-${id}`, n));
    const sizes = loop.map(({ length }) => length);
    const head = { kind: 'standby', slug: SLUG, rendition: id, sizes } as const;
    origin.receive({ head, body: Buffer.concat(loop) });
  }
});

/** Lets `count` slots come in time, coded in these renditions and in that order. */
function run(count: number, coded: readonly string[] = ALWAYS): void {
  for (const end = next + count; next < end; next++) {
    clock.advance(Math.max(0, ZERO + (next + 1) * FRAGMENT_MS - clock.wall()));
    for (const id of coded) {
      const head = { kind: 'fragment', slug: SLUG, rendition: id, seq: next } as const;
      origin.receive({ head, body: markedFragment(id, next) });
    }
  }
}

/** Whose bytes went out as a rendition, one letter per slot: r(eal), a(lias), s(tandby). */
function story(rendition: string): string {
  const best = rendition.startsWith('aac') ? 'aac96' : 'opus64';
  return heard
    .filter((fragment) => fragment.rendition === rendition)
    .map(({ seq, bytes }) => {
      if (bytes.includes('standby-')) return 's';
      return bytes.equals(markedFragment(rendition, seq))
        ? 'r'
        : bytes.equals(markedFragment(best, seq))
          ? 'a'
          : '?';
    })
    .join('');
}
const seqs = (rendition: string): number[] =>
  heard.filter((fragment) => fragment.rendition === rendition).map(({ seq }) => seq);
const joined = (rendition: string) => {
  const found = origin.join(SLUG, rendition, {});
  if (typeof found === 'string') throw new Error(found);
  return found;
};

describe('a rendition that is not encoded', () => {
  it('has the fragments of the best one of its codec, and its own from the first on', () => {
    run(5);
    run(4, ['opus32', 'aac64', ...ALWAYS]);
    run(3);
    expect(story('opus32')).toBe('aaaaarrrraaa');
    expect(story('aac64')).toBe('aaaaarrrraaa');
    expect(story('opus16')).toBe('a'.repeat(12));
    expect(story('aac96')).toBe('r'.repeat(12));
    for (const id of ['opus32', 'aac64', 'opus16']) expect(seqs(id)).toEqual([...Array(12).keys()]);
  });

  it('is joined like any other, in the memory of the best', () => {
    run(20);
    expect(joined('opus24').fragments.map(({ seq }) => seq)).toEqual([18, 19]);
    expect(joined('opus24').fragments[0]?.bytes).toBe(joined('opus64').fragments[0]?.bytes);
    expect(Buffer.from(joined('opus24').init).toString()).toBe('init opus24');
  });

  it('plays its own hold music while the studio is away', () => {
    run(10);
    clock.advance(5000);
    expect(story('opus32')).toMatch(/^a{10}s{10,}$/);
    expect(
      heard.some(({ rendition, bytes }) => rendition === 'opus32' && bytes.includes('standby-opus32')),
    ).toBe(true);
    next = 40;
    run(3);
    expect(story('opus32')).toMatch(/^a{10}s{30}aaa$/);
  });

  it('gets what a greeting tells of the past in the same way', () => {
    run(3);
    for (let seq = 0; seq < 8; seq++)
      for (const id of seq === 5 ? ['opus32', ...ALWAYS] : ALWAYS)
        origin.receive({
          head: { kind: 'fragment', slug: SLUG, rendition: id, seq },
          body: markedFragment(id, seq),
        });
    expect(story('opus32')).toBe('aaaaaraa');
  });

  it('that loses one slot of its encoder has that of the best, not music', () => {
    run(4, ['opus32', ...ALWAYS]);
    run(1);
    run(4, ['opus32', ...ALWAYS]);
    expect(story('opus32')).toBe('rrrrarrrr');
  });
});

describe('an address of sound', () => {
  const kept = async (file: string): Promise<string | undefined> => {
    const signal = AbortSignal.timeout(5000);
    const reply = await origin.answer(`/r/${SLUG}/live/${file}`, new URLSearchParams(), {}, signal);
    expect(reply?.status, file).toBe(200);
    return reply?.headers['cache-control'];
  };

  it('is cached for ever when the sound is its own, and for a second when it is a substitute', async () => {
    run(16);
    run(16, ['opus32', ...ALWAYS]);
    run(1);
    run(17, ['opus32', ...ALWAYS]);
    for (const own of ['opus64/0.m4s', 'opus64/2.3.m4s', 'opus32/1.m4s', 'opus32/2.1.m4s'])
      expect(await kept(own), own).toBe('public, max-age=31536000, immutable');
    for (const alias of ['opus32/0.m4s', 'opus32/0.7.m4s', 'opus24/1.m4s', 'opus32/2.m4s', 'opus32/2.0.m4s'])
      expect(await kept(alias), alias).toBe('public, max-age=1');
    // What follows a substitute out of the window leaves no mark behind.
    run(200, ['opus32', ...ALWAYS]);
    const newest = Math.floor(next / 16) - 1;
    expect(await kept(`opus32/${newest}.m4s`)).toContain('immutable');
  });

  it('is cached for a second when it is hold music: another door may have had the voice', async () => {
    run(16);
    clock.advance(6000);
    expect(await kept('opus64/0.m4s')).toContain('immutable');
    expect(await kept('opus64/1.m4s')).toBe('public, max-age=1');
  });
});

describe('radio without anything to stand in', () => {
  it('has nothing while it is not encoded, and no hold music while the program is there', () => {
    run(100);
    expect(seqs('radio-mp3')).toEqual([]);
    expect(joined('radio-mp3').fragments).toEqual([]);
  });

  it('begins with the first fragment, without old fragments from minutes ago', () => {
    run(10, ['radio-mp3', ...ALWAYS]);
    run(60);
    expect(joined('radio-mp3').fragments).toEqual([]);
    run(2, ['radio-mp3', ...ALWAYS]);
    expect(story('radio-mp3')).toBe('r'.repeat(12));
    expect(seqs('radio-mp3').slice(10)).toEqual([70, 71]);
    expect(joined('radio-mp3').fragments.map(({ seq }) => seq)).toEqual([70, 71]);
  });

  it('that is encoded has one lost slot filled in', () => {
    run(5, ['radio-mp3', ...ALWAYS]);
    run(1);
    run(5, ['radio-mp3', ...ALWAYS]);
    expect(seqs('radio-mp3')).toEqual([...Array(11).keys()]);
  });

  it('plays hold music while the studio is away to those who were hearing it, and to those who come', () => {
    run(10, ['radio-mp3', ...ALWAYS]);
    clock.advance(5000);
    expect(story('radio-mp3')).toMatch(/^r{10}s{10,}$/);
    next = 40;
    run(100);
    const before = seqs('radio-mp3').length;
    clock.advance(3000);
    expect(seqs('radio-mp3')).toHaveLength(before);
    expect(joined('radio-mp3').fragments).toEqual([]);
    clock.advance(1000);
    expect(seqs('radio-mp3').length).toBeGreaterThan(before);
  });
});

describe('the list of wanted renditions', () => {
  it('has what was joined or fetched within the last minute, once each', async () => {
    run(40);
    expect(origin.wanted().size).toBe(0);
    joined('radio-mp3');
    joined('radio-mp3');
    expect(asked).toEqual([SLUG]);
    const reply = origin.answer(
      `/r/${SLUG}/live/aac64/1.m4s`,
      new URLSearchParams(),
      {},
      AbortSignal.timeout(5000),
    );
    expect((await reply)?.status).toBe(200);
    expect(asked).toEqual([SLUG, SLUG]);
    expect(origin.wanted().get(SLUG)).toEqual(['radio-mp3', 'aac64']);
    clock.advance(40_000);
    joined('radio-mp3');
    expect(asked).toHaveLength(2);
    clock.advance(30_000);
    expect(origin.wanted().get(SLUG)).toEqual(['radio-mp3']);
    clock.advance(40_000);
    expect(origin.wanted().size).toBe(0);
  });
});
