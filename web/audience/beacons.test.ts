import { expect, test } from 'vitest';
import { readBeacon } from '../../src/wire/listening/beacon.ts';
import { firstSegment, proofDelay, sessionOf, WINDOW_SEGMENTS } from '../../src/wire/listening-proof.ts';
import { withTag } from '../../src/wire/segment-tag.ts';
import { type ListeningNow, PageBeacons } from './beacons.ts';

const TOKEN = 'AAECAwQFBgcAAAAAAAAAAAAAAAAAAAAA';
/** The same session, with another end and signature. */
const RENEWED = 'AAECAwQFBgcBAAAAAAAAAAAAAAAAAAAA';
const OTHER = 'BQgICAgICAgAAAAAAAAAAAAAAAAAAAAA';
const session = sessionOf(TOKEN) as Uint8Array;
const FIRST = firstSegment(session, 100);
const SEGMENT_S = 5.12;

/** A page with a clock of its own. `timers`: false where the browser throttles them for ever. */
function page(set: { discreet?: boolean; timers?: boolean } = {}) {
  let now = 1_000;
  const seen: { -readonly [K in keyof ListeningNow]: ListeningNow[K] } = {
    session: TOKEN,
    way: 'stream',
    place: 50,
    playing: true,
    rate: 1,
    audible: true,
    hidden: false,
    leads: true,
    proves: true,
    stalls: 0,
  };
  const sent: string[] = [];
  const timers: { at: number; run: () => void }[] = [];
  const beacons = new PageBeacons({
    now: () => now,
    look: () => ({ ...seen }),
    discreet: set.discreet ?? false,
    embed: false,
    send: (body) => void sent.push(body),
    after: (ms, run) => {
      if (set.timers !== false) timers.push({ at: now + ms, run });
    },
  });
  /** Plays on in steps of 250 ms. */
  const play = (seconds: number): void => {
    for (let n = 0; n < Math.round(seconds * 4); n++) {
      now += 250;
      if (seen.playing) seen.place += 0.25;
      for (const { run } of timers.filter(({ at }) => at <= now)) run();
      timers.splice(0, timers.length, ...timers.filter(({ at }) => at > now));
    }
  };
  const segment = (number: number): void =>
    beacons.segment(number, withTag(new Uint8Array(16), new Uint8Array(50)));
  return {
    beacons,
    seen,
    sent,
    play,
    segment,
    read: () => sent.map((body) => readBeacon(body)),
  };
}

test('two minutes of listening are five beacons, with the seconds played, each under 512 bytes', () => {
  const { play, segment, read, sent, beacons } = page();
  for (let n = 0; n < 4 * WINDOW_SEGMENTS; n++) {
    segment(FIRST + n);
    play(SEGMENT_S);
  }
  beacons.tick();
  const said = read();
  expect(said.map((beacon) => [beacon?.window, beacon?.segments])).toEqual([
    [100, 3],
    [100, 6],
    [101, 6],
    [102, 6],
    [103, 6],
  ]);
  expect(said.every((beacon) => beacon?.audible === true && beacon.hidden === false)).toBe(true);
  const seconds = said.reduce((sum, beacon) => sum + (beacon?.seconds ?? 0), 0);
  // The rest comes with the next one.
  expect(seconds).toBeGreaterThan(4 * 6 * 5 - 6);
  expect(seconds).toBeLessThanOrEqual(4 * 6 * 5.12);
  for (const body of sent) expect(body.length).toBeLessThan(512);
});

test('where timers of hidden pages do not run, incoming sound sends what is due', () => {
  const { play, segment, read, seen } = page({ timers: false });
  seen.hidden = true;
  for (let n = 0; n < 2 * WINDOW_SEGMENTS + 1; n++) {
    segment(FIRST + n);
    play(SEGMENT_S);
  }
  expect(read().map((beacon) => [beacon?.window, beacon?.segments, beacon?.hidden])).toEqual([
    [100, 3, true],
    [100, 6, true],
    [101, 6, true],
  ]);
});

test('segments that came before the session was known prove it as well', () => {
  const { play, segment, read, seen } = page();
  seen.session = undefined;
  for (let n = 0; n < 4; n++) segment(FIRST + n);
  seen.session = TOKEN;
  segment(FIRST + 4);
  segment(FIRST + 5);
  play(10);
  expect(read().map((beacon) => beacon?.segments)).toEqual([6]);
});

test('a tab that hears through another one says nothing, and goes on when it takes over', () => {
  const { play, segment, read, seen } = page();
  seen.leads = false;
  for (let n = 0; n < WINDOW_SEGMENTS; n++) {
    segment(FIRST + n);
    play(SEGMENT_S);
  }
  expect(read()).toEqual([]);
  seen.leads = true;
  for (let n = WINDOW_SEGMENTS; n < 2 * WINDOW_SEGMENTS; n++) {
    segment(FIRST + n);
    play(SEGMENT_S);
  }
  expect(read().map((beacon) => [beacon?.window, beacon?.segments])).toEqual([[101, 6]]);
  // What the other tab has reported is not said again.
  expect(read()[0]?.seconds).toBeLessThan(7 * SEGMENT_S);
});

test('muted and stalled sound is said so; a page that is left says the rest', () => {
  const { play, segment, read, seen, beacons } = page();
  for (let n = 0; n < 5; n++) {
    segment(FIRST + n);
    play(SEGMENT_S);
  }
  seen.audible = false;
  seen.stalls = 2;
  beacons.finish();
  beacons.finish();
  const said = read();
  expect(said).toHaveLength(2);
  expect(said[1]).toMatchObject({ window: 100, segments: 5, audible: false, stalls: 2 });
  expect(said[1]?.seconds).toBeGreaterThan(5);
});

test('a browser that asks for privacy is counted, and nothing else is said', () => {
  const { play, segment, sent } = page({ discreet: true });
  for (let n = 0; n < 3; n++) segment(FIRST + n);
  play(5);
  expect(Object.keys(JSON.parse(sent[0] ?? '{}')).toSorted()).toEqual(
    ['proof', 'seconds', 'segments', 'session', 'way', 'window'].toSorted(),
  );
});

test('a fresh token of the same session goes on where the old one was; another session begins anew', () => {
  const { play, segment, read, seen } = page();
  const listen = (from: number, to: number): void => {
    for (let n = from; n < to; n++) {
      segment(FIRST + n);
      play(SEGMENT_S);
    }
  };
  listen(0, 4);
  seen.session = RENEWED;
  listen(4, 7);
  expect(read().map((beacon) => [beacon?.session, beacon?.window, beacon?.segments])).toEqual([
    [TOKEN, 100, 3],
    [RENEWED, 100, 6],
  ]);
  seen.session = OTHER;
  listen(7, 20);
  expect(read().filter((beacon) => beacon?.session === OTHER).length).toBeGreaterThan(1);
});

test('without a session, or without tags in the sound, nothing is sent', () => {
  for (const session of [undefined, 'no token']) {
    const { play, segment, sent, seen, beacons } = page();
    seen.session = session;
    for (let n = 0; n < 20; n++) segment(FIRST + n);
    play(5);
    beacons.finish();
    expect(sent).toEqual([]);
  }
  const { play, sent, beacons } = page();
  for (let n = 0; n < 20; n++) beacons.segment(FIRST + n, new Uint8Array(200));
  play(5);
  beacons.finish();
  expect(sent).toEqual([]);
});

test('the delay of a session is a few seconds at most, so that a beacon is never late', () => {
  expect(proofDelay(session)).toBeLessThanOrEqual(4_000);
});
