import { beforeEach, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { testTag } from '../../test/segment-tag.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../base/time.ts';
import type { Newcomers } from '../wire/delivery.ts';
import { EMPTY } from '../wire/feed.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { stateOfCard } from '../wire/room.ts';
import { type Origin, open } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const KEPT = RENDITIONS.filter(({ id }) => ['opus64', 'aac96'].includes(id));
const CARD = { slug: SLUG, title: '', hosts: [], status: 'live' as const, clocks: {}, zero: ZERO, cell: 0 };

let clock: ManualClock;
let origin: Origin;
let next: number;
let doorQueues: boolean;
/** A door without a disk: what it lists must come from its memory. */
const begin = (caches: readonly string[] = []): void => {
  clock = manualClock(ZERO);
  doorQueues = false;
  origin = open({
    ...{ clock, log: silentLog, holdWhileAway: true, tag: testTag, caches, queues: () => doorQueues },
    archive: { recording: async () => undefined, init: async () => undefined, read: async () => undefined },
  });
  origin.receive({ head: { kind: 'rooms', rooms: [CARD] }, body: EMPTY });
  origin.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions: KEPT }, body: EMPTY });
  for (const { id } of KEPT)
    origin.receive({ head: { kind: 'init', slug: SLUG, rendition: id }, body: Buffer.from(`init ${id}`) });
  next = 0;
};
beforeEach(() => begin());

function run(to: number, from = next): void {
  for (next = from; next <= to; next++) {
    clock.advance(Math.max(0, ZERO + (next + 1) * FRAGMENT_MS - clock.wall()));
    for (const { id } of KEPT)
      origin.receive({
        head: { kind: 'fragment', slug: SLUG, rendition: id, seq: next },
        body: markedFragment(id, next),
      });
  }
}
function tell(newcomers: Newcomers): void {
  const state = stateOfCard(CARD, ZERO);
  const told = { ...state, delivery: { ...state.delivery, newcomers } };
  origin.receive({ head: { kind: 'state', slug: SLUG, state: told }, body: EMPTY });
}
const read = async (file: string) => {
  const url = new URL(`http://door/r/${SLUG}/live/${file}`);
  const reply = await origin.answer(url.pathname, url.searchParams, {}, AbortSignal.timeout(60_000));
  const body = Buffer.from((reply?.body ?? '') as Uint8Array);
  return { status: reply?.status, headers: reply?.headers ?? {}, body, text: body.toString() };
};
const addresses = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** A media playlist as a player reads it. */
function parsed(text: string) {
  const sequence = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
  const uris = addresses(text);
  const dates = [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(\S+)/g)].map(([, at]) => Date.parse(at ?? ''));
  const seconds = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map(([, s]) => Number(s));
  return { sequence, uris, dates, seconds, end: sequence + uris.length };
}

it.each(['queue', 'text'] as const)(
  'while newcomers get the %s, the main playlist leads to the delayed list',
  async (to) => {
    run(16 * 12);
    const before = await read('main.m3u8');
    expect(addresses(before.text)).toEqual(['aac96.m3u8']);
    // A cap takes hold within 2 s, also behind a cache.
    expect(before.headers['cache-control']).toContain('max-age=1, stale-while-revalidate=1,');
    tell(to);
    expect(addresses((await read('main.m3u8')).text)).toEqual(['aac96.ring.m3u8']);
    tell('cache');
    expect((await read('main.m3u8')).text).toBe(before.text);
    doorQueues = true;
    expect(addresses((await read('main.m3u8')).text)).toEqual(['aac96.ring.m3u8']);
  },
);

it('a player at the live edge goes on there while newcomers queue', async () => {
  run(16 * 12 + 4);
  const before = (await read('opus64.m3u8')).text;
  tell('queue');
  expect((await read('opus64.m3u8')).text).toBe(before);
  run(16 * 13 + 4);
  expect(addresses((await read('opus64.m3u8')).text).at(-1)).toBe('opus64/12.m4s');
});

it('over three minutes the delayed list never goes backwards, and everything it lists can be fetched until long after', async () => {
  const listed = new Map<string, number>();
  let [sequence, end] = [0, 0];
  run(15);
  for (let seq = 16; seq < 16 * 36; seq++) {
    run(seq);
    const { text, status } = await read('opus64.ring.m3u8');
    const list = parsed(text);
    expect(status).toBe(200);
    expect(list.uris.length).toBeGreaterThanOrEqual(1);
    expect(list.sequence).toBeGreaterThanOrEqual(sequence);
    expect(list.end).toBeGreaterThanOrEqual(end);
    expect(list.end - end).toBeLessThanOrEqual(1);
    [sequence, end] = [list.sequence, list.end];
    expect(list.uris).toEqual(list.uris.map((_, i) => `opus64/${sequence + i}.m4s`));
    for (const [i, at] of list.dates.entries())
      expect(Math.abs(at - (ZERO + (sequence + i) * 5120 - 6.5))).toBeLessThan(1);
    for (const uri of list.uris) listed.set(uri, seq);
    // A segment may be fetched for as long as the list that named it lasts, and one more.
    for (const [uri, last] of listed)
      if (seq - last <= 16 * 6) expect((await read(uri)).status, uri).toBe(200);
    if (seq < 16 * 12) continue;
    expect(list.uris).toHaveLength(5);
    const behind = (seq + 1) * FRAGMENT_MS - list.end * 5120;
    expect(behind).toBeGreaterThanOrEqual(30_000);
    expect(behind).toBeLessThan(30_000 + 5120 + FRAGMENT_MS);
    for (const tag of ['PART', 'PRELOAD', 'SERVER-CONTROL', 'GAP', 'START'])
      expect(text).not.toContain(`-${tag}`);
  }
});

it('segments of the delayed list are those of the live list, byte for byte', async () => {
  run(16 * 14 + 3);
  const live = parsed((await read('opus64.m3u8')).text);
  const ring = parsed((await read('opus64.ring.m3u8')).text);
  const both = ring.uris.filter((uri) => live.uris.includes(uri));
  expect(both.length).toBeGreaterThan(0);
  for (const uri of both) {
    const first = Number(/(\d+)\.m4s/.exec(uri)?.[1]) * 16;
    const bytes = Array.from({ length: 16 }, (_, i) => markedFragment('opus64', first + i));
    expect((await read(uri)).body.equals(Buffer.concat(bytes))).toBe(true);
  }
});

it('while a program is younger than the delay, newcomers get whole segments, and the delayed list is not empty', async () => {
  run(16 * 3);
  tell('queue');
  expect(addresses((await read('main.m3u8')).text)).toEqual(['aac96.slow.m3u8']);
  expect(parsed((await read('opus64.ring.m3u8')).text).uris).toHaveLength(3);
  run(16 * 9);
  expect(addresses((await read('main.m3u8')).text)).toEqual(['aac96.ring.m3u8']);
});

it('the delayed list waits for the first whole segment, and at the end has everything', async () => {
  const asked = read('opus64.ring.m3u8');
  run(15);
  expect(parsed((await asked).text).uris).toEqual(['opus64/0.m4s']);
  run(16 * 14 + 3);
  const before = parsed((await read('opus64.ring.m3u8')).text);
  origin.receive({ head: { kind: 'end', slug: SLUG, last: next - 1 }, body: EMPTY });
  const { text } = await read('opus64.ring.m3u8');
  expect(text.trimEnd().endsWith('opus64/14.m4s\n#EXT-X-ENDLIST')).toBe(true);
  expect(parsed(text).sequence).toBe(before.sequence);
  for (const uri of parsed(text).uris) expect((await read(uri)).status).toBe(200);
});

it('behind caches newcomers get the delayed list as well', async () => {
  begin(['https://a.example']);
  run(16 * 12);
  tell('queue');
  expect(addresses((await read('main.m3u8')).text)).toEqual([
    'aac96.ring.m3u8',
    `https://a.example/r/${SLUG}/live/aac96.ring.m3u8`,
  ]);
});
