import { describe, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { Edge } from './edge.ts';
import { BEAT, Pulse } from './pulse.ts';
import { MOST_SPARE, Stalls } from './stalls.ts';

const FRAGMENT = 0.32;
const STEP = 0.02;
/** The program is this old when somebody comes. */
const BEFORE = 40.96;

/** A network that stands still for `least` to `most` seconds, every `every` seconds half to one and a half times. */
interface Mode {
  readonly every: number;
  readonly least: number;
  readonly most: number;
}

/** Plays in virtual time behind such a network; what was heard, minute by minute. */
function play(
  mode: Mode | undefined,
  period: number,
  minutes: number,
  seed = 7,
  stalls = new Stalls(),
  asleep: (now: number) => boolean = () => false,
) {
  const random = chance(seed);
  const edge = new Edge();
  const silence = new Array<number>(minutes).fill(0);
  let rates = { least: 1, most: 1 };
  let jumps = 0;
  let moving = 0;
  let still = 0;
  let next = mode ? mode.every * (0.5 + random()) : Number.POSITIVE_INFINITY;
  let last = -1;
  let end = 0;
  let head: number | undefined;
  let rate = 1;
  const pulse = new Pulse(0);
  let beat = 0;
  let heard = 0;
  for (let now = 0; now < minutes * 60; now += STEP) {
    if (mode && now >= next) {
      const length = mode.least + random() * (mode.most - mode.least);
      still = now + length;
      next = now + mode.every * (0.5 + random());
    }
    if (!asleep(now) && now >= beat) {
      pulse.beat(now);
      beat = now + BEAT;
    }
    // What the server has written by now, and the network lets through.
    const written = Math.round(Math.floor((now + BEFORE) / period + 1e-9) * (period / FRAGMENT)) - 1;
    if (now >= still && written > last && !asleep(now)) {
      const begins = last < 0 ? Math.max(0, written - 40) : last + 1;
      edge.floor = stalls.spare(now);
      const late = stalls.arrived(begins, now, period, pulse.missed(heard, now));
      heard = now;
      if (late !== undefined && head !== undefined) {
        const steering = edge.sample(Math.max(0, end - head), now, late);
        rate = steering.rate;
        if (steering.jump > 0) {
          jumps++;
          head += steering.jump;
        }
      }
      last = written;
      end = (last + 1) * FRAGMENT;
      edge.floor = stalls.spare(now);
      head ??= Math.max(0, end - edge.margin - period);
    }
    if (head === undefined) continue;
    const minute = Math.floor(now / 60);
    if (head + STEP * rate <= end + 1e-9) head += STEP * rate;
    else silence[minute] = (silence[minute] ?? 0) + STEP;
    rates = { least: Math.min(rates.least, rate), most: Math.max(rates.most, rate) };
    moving = end - head;
  }
  return { silence, rates, jumps, ahead: moving, stalls, margin: edge.margin };
}

const MODES = {
  mild: { every: 5, least: 0.3, most: 0.5 },
  train: { every: 15, least: 1, most: 2.5 },
  tunnel: { every: 30, least: 4, most: 6 },
} as const;
const GOAL = { mild: 0, train: 0.3, tunnel: 1.5 } as const;

describe.each(['mild', 'train', 'tunnel'] as const)('a network like %s', (name) => {
  test.each([0.32, 1.28, 2.56])(
    'with writes every %f s: silent no more than the goal after two minutes',
    (period) => {
      for (const seed of [1, 7, 42, 99]) {
        const { silence, rates, jumps } = play(MODES[name], period, 4, seed);
        expect((silence[2] ?? 9) + (silence[3] ?? 9)).toBeLessThanOrEqual(GOAL[name]);
        expect(rates.least).toBeGreaterThanOrEqual(0.97);
        expect(jumps).toBe(0);
      }
    },
  );
});

test('a network that never stalls costs no delay', () => {
  const { silence, margin, stalls } = play(undefined, 0.32, 10);
  expect(silence.reduce((sum, each) => sum + each, 0)).toBe(0);
  expect(margin).toBeCloseTo(0.3);
  expect(stalls.spare(600)).toBe(0);
});

test('what was learned is used from the first second of the next visit', () => {
  const known = new Stalls(5.5, 0);
  const { silence } = play(MODES.tunnel, 0.32, 2, 7, known);
  expect(silence.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1.5);
});

test('when the network is calm again the margin shrinks, too slowly to be heard, and nothing is skipped', () => {
  const stalls = new Stalls(6, 0);
  const before = stalls.spare(100);
  expect(stalls.spare(120)).toBe(before);
  for (let at = 120; at < 900; at += 1) expect(stalls.spare(at) - stalls.spare(at + 1)).toBeLessThan(0.0101);
  const { silence, jumps, margin, rates } = play(undefined, 0.32, 20, 7, stalls);
  expect(silence.reduce((sum, each) => sum + each, 0)).toBe(0);
  expect(jumps).toBe(0);
  expect(rates.most).toBeLessThanOrEqual(1.01);
  expect(margin).toBeLessThan(0.35);
});

test('nothing is learned from an outage, and no stall buffers more than ten seconds', () => {
  const stalls = new Stalls();
  for (let seq = 0; seq < 10; seq++) stalls.arrived(seq, seq * FRAGMENT, FRAGMENT);
  stalls.arrived(10, 10 * FRAGMENT + 40, FRAGMENT);
  expect(stalls.spare(50)).toBe(0);
  stalls.arrived(140, 140 * FRAGMENT + 12, FRAGMENT);
  expect(stalls.spare(60)).toBe(MOST_SPARE);
});

test('other arrival times after a reconnect, a longer period or another place are no stall', () => {
  const stalls = new Stalls();
  let at = 0;
  const come = (from: number, to: number, off: number, every = FRAGMENT): void => {
    const step = Math.round(every / FRAGMENT);
    for (let seq = from; seq < to; seq += step) {
      at = seq * FRAGMENT + off;
      stalls.arrived(seq, at, every);
    }
  };
  come(0, 40, 0);
  stalls.anew('after');
  come(40, 80, 0.2);
  stalls.anew('at-once');
  come(80, 160, 2.3, 2.56);
  stalls.anew('at-once');
  come(160, 240, 30, 5.12);
  expect(stalls.spare(at)).toBe(0);
  // But a reconnect that itself took three seconds was one.
  stalls.anew('after');
  come(240, 256, 33, 5.12);
  expect(stalls.spare(at)).toBeGreaterThan(3);
});

test('a page that was itself suspended learns nothing about its network', () => {
  const stalls = new Stalls();
  let seq = 0;
  for (; seq < 40; seq++) stalls.arrived(seq, seq * FRAGMENT, FRAGMENT);
  // Five seconds without processor time: what arrived in them is read at once.
  const woke = seq * FRAGMENT + 5;
  expect(stalls.arrived(seq, woke, FRAGMENT, 5)).toBeCloseTo(5);
  expect(stalls.spare(woke)).toBe(0);
  for (seq += 16; seq < 80; seq++) stalls.arrived(seq, seq * FRAGMENT, FRAGMENT);
  // Of three seconds it slept one.
  stalls.arrived(seq, seq * FRAGMENT + 3, FRAGMENT, 1);
  expect(stalls.longest(seq * FRAGMENT + 3)).toBeCloseTo(2.1);
});

test('a listener who stops and starts again gets what was ready before: that is no stall', () => {
  const stalls = new Stalls();
  let at = 0;
  for (let seq = 0; seq < 100; seq++) {
    at = seq * FRAGMENT;
    stalls.arrived(seq, at, FRAGMENT);
  }
  stalls.anew('at-once');
  // The first fragment of the burst is three seconds old.
  stalls.arrived(200, 200 * FRAGMENT + 3, FRAGMENT);
  for (let seq = 210; seq < 260; seq++) stalls.arrived(seq, seq * FRAGMENT, FRAGMENT);
  expect(stalls.spare(260 * FRAGMENT)).toBe(0);
});

test.each([
  ['a tab that is held back for two seconds every twenty', 20, 2, 0.32],
  ['a tab that is held back while writes are rare', 20, 2, 2.56],
  ['a lid that is closed for a minute', 150, 60, 0.32],
])('%s costs a clean network no delay', (_, every, length, period) => {
  const asleep = (now: number): boolean => now > 30 && now < 480 && now % every < length;
  const stalls = new Stalls();
  const { margin, ahead, jumps } = play(undefined, period, 10, 7, stalls, asleep);
  expect(stalls.spare(600)).toBe(0);
  expect(margin).toBeCloseTo(0.3);
  // At the live edge again, whatever had to be skipped.
  expect(ahead).toBeLessThan(0.3 + period + 0.2);
  expect(jumps).toBeLessThan(60);
});
