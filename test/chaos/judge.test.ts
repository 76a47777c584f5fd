import { describe, expect, test } from 'vitest';
import type { Injected } from './budgets.ts';
import { type Gap, unexplained } from './checks.ts';
import { Judge } from './judge.ts';
import type { ListenerStatus } from './listeners/listener.ts';
import { wholeFrames } from './listeners/radio.ts';
import { missingBetween, Playback } from './playback.ts';
import type { Fault } from './schedule.ts';
import { isStarved, type MachineSecond, Starvation } from './starvation.ts';

const stopped: Fault = { kind: 'stop', role: 'door', index: 0, lasts: 12 };
const injection = (fault: Fault, from: number, to?: number, met: readonly string[] = []): Injected => ({
  ...{ number: 0, fault, from, met: new Set(met) },
  ...(to === undefined ? {} : { to }),
});
const listener = (more: Partial<ListenerStatus>): ListenerStatus => ({
  ...{ name: 'Direct/0.0', kind: 'stream', slug: 'chaos', begun: true, silent: -500, quiet: 0, holes: [] },
  ...{ fragments: 10, connections: 1, address: '127.0.0.1', port: 1, session: undefined, heard: 3 },
  ...more,
});
const second = (from: number, more: Partial<MachineSecond> = {}): MachineSecond => ({
  ...{ from, to: from + 1000, late: 5, waited: 10, ours: 0.2 },
  ...more,
});
const starved = (from: number): MachineSecond => second(from, { late: 400 });
const told = (at: number, more: Partial<ListenerStatus>) => ({
  ...{ at, newcomers: [] },
  listeners: [listener(more)],
});

describe('a listener', () => {
  test('who is silent for longer than three seconds breaks an invariant, for no longer does not', () => {
    const judge = new Judge(new Starvation(), []);
    judge.listeners(told(100_000, { silent: 3_000 }));
    expect(judge.broken).toEqual([]);
    judge.listeners(told(200_000, { silent: 3_001 }));
    expect(judge.broken.map(({ invariant }) => invariant)).toEqual(['silence']);
  });

  test('who has not begun, or has sound left, is not silent', () => {
    const judge = new Judge(new Starvation(), []);
    judge.listeners(told(100_000, { begun: false, silent: 9_000 }));
    judge.listeners(told(100_000, { silent: -9_000 }));
    expect(judge.broken).toEqual([]);
  });

  test('to whom silent sound is sent is silent, and so is one who misses a part of the program', () => {
    const judge = new Judge(new Starvation(), []);
    judge.listeners(told(100_000, { quiet: 3_500 }));
    judge.listeners(told(100_000, { holes: [{ at: 99_000, lasted: 3_200 }] }));
    judge.listeners(told(100_000, { holes: [{ at: 99_000, lasted: 640 }] }));
    expect(judge.broken).toHaveLength(2);
  });

  test('whose own door stands still has ten seconds; others, and the time long after, have three', () => {
    const fault = injection(stopped, 95_000, 107_000, ['Direct/0.0']);
    const judge = new Judge(new Starvation(), [fault]);
    judge.listeners(told(104_000, { silent: 8_000 }));
    expect(judge.broken).toEqual([]);
    judge.listeners(told(104_000, { silent: 8_000, name: 'Direct/0.1' }));
    expect(judge.broken).toHaveLength(1);
    judge.listeners(told(125_000, { silent: 4_000 }));
    expect(judge.broken).toHaveLength(2);
    judge.listeners(told(106_000, { silent: 10_500 }));
    expect(judge.broken).toHaveLength(3);
  });
});

test('when all of it died, a player with whole segments may miss what only memory had; others may not', () => {
  const judge = new Judge(new Starvation(), [injection({ kind: 'kill-supervisor' }, 90_000, 96_000)]);
  const holes = [{ at: 100_000, lasted: 15_000 }];
  judge.listeners(told(100_000, { holes, kind: 'hls' }));
  expect(judge.broken).toEqual([]);
  judge.listeners(told(100_000, { holes, kind: 'stream' }));
  judge.listeners(told(100_000, { silent: 10_100, kind: 'hls' }));
  expect(judge.broken).toHaveLength(2);
});

test('speakers that are not heard half a minute after the last fault break an invariant', () => {
  const room = { process: 'chaos-0', since: 50_000 };
  const death = injection({ kind: 'kill', role: 'studio', index: 0 }, 49_000, 52_000);
  const judge = new Judge(new Starvation(), [death]);
  judge.voices([room], 81_000);
  expect(judge.broken).toEqual([]);
  judge.voices([room], 82_500);
  expect(judge.broken.map(({ invariant }) => invariant)).toEqual(['voice']);
});

describe('a second in which the machine gave us no processor', () => {
  test('is one with late timers, or with waiting processes, while others had a quarter of the machine', () => {
    expect(isStarved(second(0))).toBe(false);
    expect(isStarved(second(0, { late: 400 }))).toBe(true);
    expect(isStarved(second(0, { waited: 600 }))).toBe(true);
    expect(isStarved(second(0, { late: 400, waited: 600, ours: 0.9 }))).toBe(false);
  });

  test('does not count against a budget, and is not green either', () => {
    const starvation = new Starvation();
    starvation.add(second(96_000));
    starvation.add(starved(97_000));
    starvation.add(second(98_000));
    const judge = new Judge(starvation, []);
    judge.listeners(told(99_000, { silent: 3_900 }));
    expect(judge.broken).toEqual([]);
    expect(judge.unjudged).toHaveLength(1);
    judge.listeners(told(99_500, { silent: 4_400 }));
    expect(judge.broken).toHaveLength(1);
    expect(starvation.sums).toEqual({ judged: 2_000, starved: 1_000 });
    for (let at = 100_000; at < 106_000; at += 1_000) starvation.add(starved(at));
    judge.listeners(told(109_900, { silent: 9_900 }));
    expect(judge.broken).toHaveLength(1);
  });
});

test('a role that is away for longer than ten seconds breaks an invariant; what a fault keeps from it is no absence', () => {
  const site = { process: 'site-0', since: 50_000 };
  const judge = new Judge(new Starvation(), []);
  judge.absences([site], 60_000);
  expect(judge.broken).toEqual([]);
  judge.absences([site], 60_100);
  expect(judge.broken.map(({ invariant }) => invariant)).toEqual(['back']);
  const waiting = new Judge(new Starvation(), [
    injection({ kind: 'disk-stands', lasts: 20 }, 48_000, 68_000),
  ]);
  waiting.absences([site], 68_000);
  waiting.absences([site], 77_000);
  expect(waiting.broken).toEqual([]);
  waiting.absences([site], 78_500);
  expect(waiting.broken).toHaveLength(1);
});

test('somebody new who hears nothing for ten seconds, and memory beyond its limit, break invariants', () => {
  const judge = new Judge(new Starvation(), []);
  judge.listeners({ at: 0, listeners: [], newcomers: [{ at: 0, took: 9_000, heard: true }] });
  judge.memory('door', 'door-0', 100, 0);
  expect(judge.broken).toEqual([]);
  judge.listeners({ at: 0, listeners: [], newcomers: [{ at: 0, took: 15_000, heard: false }] });
  judge.memory('door', 'door-0', 2_000, 0);
  expect(judge.broken.map(({ invariant }) => invariant)).toEqual(['newcomers', 'memory']);
});

test('a gap of the recording is explained by a fault of its writer at that time, as far as that reaches', () => {
  const gap = (from: number, to: number): Gap => ({ rendition: 'opus64', from, to });
  const death = injection({ kind: 'kill', role: 'studio', index: 0 }, 100_000, 101_000);
  const bad = (gaps: Gap[], injected: Injected[], starvation = new Starvation()): number =>
    unexplained(gaps, { injected, starvation, began: 50_000, ended: 400_000 }).length;
  expect(bad([gap(96_000, 104_000)], [death])).toBe(0);
  expect(bad([gap(96_000, 120_000)], [death])).toBe(1);
  expect(bad([gap(300_000, 301_000)], [death])).toBe(1);
  expect(bad([gap(40_000, 45_000)], [death])).toBe(0);
  expect(bad([gap(96_000, 104_000)], [injection(stopped, 95_000, 107_000)])).toBe(1);
  const starvation = new Starvation();
  starvation.add(starved(300_000));
  expect(bad([gap(300_000, 306_000)], [death], starvation)).toBe(0);
  expect(bad([gap(300_000, 308_000)], [death], starvation)).toBe(1);
});

test('a player begins after its margin, waits for what is late, and plays on from there', () => {
  const playback = new Playback(600);
  expect(playback.silentAt(5_000)).toBe(0);
  expect(playback.take(1_000, 320)).toBe(0);
  expect(playback.silentAt(1_000)).toBe(-920);
  expect(playback.take(3_000, 320)).toBe(1_080);
  expect(playback.silentAt(3_500)).toBe(180);
  expect(missingBetween(undefined, 9, 320)).toBe(0);
  expect(missingBetween(9, 10, 320)).toBe(0);
  expect(missingBetween(9, 13, 320)).toBe(960);
});

test('a radio counts whole frames of ADTS, and finds the next one after bytes that are none', () => {
  const frame = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    bytes.set([0xff, 0xf1, 0x4c, 0x80 | (size >> 11), (size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc]);
    return bytes;
  };
  const bytes = Buffer.concat([Buffer.from([1, 2, 3]), frame(200), frame(300), frame(250).subarray(0, 100)]);
  expect(wholeFrames(bytes)).toEqual({ frames: 2, end: 503 });
});
