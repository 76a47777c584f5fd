import { describe, expect, test } from 'vitest';
import { listened, listening, type MadeSession, makeCrowd, recordsAt } from '../../test/audience-crowd.ts';
import { chance } from '../../test/chance.ts';
import { ROW_WORDS } from './audience-count.ts';
import { AudienceRoom } from './room.ts';

const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;

function feed(room: AudienceRoom, bytes: Buffer): void {
  const words = new Int32Array(Uint8Array.from(bytes).buffer);
  for (let at = 0; at < words.length; at += ROW_WORDS) room.record(words, at);
}

interface Run {
  readonly room: AudienceRoom;
  /** Samples that differ from the truth, and the largest of both. */
  readonly wrong: number;
  readonly peak: number;
}

function run(crowd: readonly MadeSession[], lasts: number, doors: number, again = 1): Run {
  const room = new AudienceRoom('hall');
  room.memory.opened = START;
  room.count.stage.changed(START + 300_000, true);
  let [wrong, peak] = [0, 0];
  for (let now = 10; now <= lasts + 70; now += 10) {
    const sent = [...recordsAt(crowd, now, doors, START_MINUTE).values()];
    for (let i = 0; i < again; i++) for (const bytes of sent) feed(room, bytes);
    const truth = listening(crowd, now);
    const sample = room.sample(START + now * 1000);
    if ((sample?.m ?? 0) !== truth) wrong += 1;
    peak = Math.max(peak, truth);
    if (now % 60 === 0) room.closeMinute(START_MINUTE + now / 60 - 1);
  }
  return { room, wrong, peak };
}

describe.each([1_000, 10_000])('an audience of %i sessions that come, move and go', (sessions) => {
  const lasts = 900;
  const doors = 4;
  const crowd = makeCrowd({ sessions, seed: sessions, lasts, doors, stays: 240, moves: 600, radios: 0.1 });
  const { room, wrong, peak } = run(crowd, lasts, doors);
  const { metrics } = room.numbers(START + lasts * 1000);

  test('is counted exactly at every sample, and its peak', () => {
    expect(wrong).toBe(0);
    expect(metrics.peak_concurrent?.value).toBe(peak);
    expect(peak).toBeGreaterThan(sessions / 10);
  });

  test('has all its seconds, stage and standby together, and all its sessions', () => {
    const seconds = metrics.listening_seconds;
    // Each of the two parts is rounded down.
    expect(listened(crowd) - (seconds?.value ?? 0)).toBeLessThanOrEqual(1);
    expect((seconds?.parts?.stage ?? 0) + (seconds?.parts?.standby ?? 0)).toBe(seconds?.value);
    const heard = crowd.filter((one) => one.silent || one.leaves - one.joins >= 11);
    const all = (metrics.tuned_in_live?.value ?? 0) + (metrics.drop_ins?.value ?? 0);
    expect(all).toBe(heard.length);
    const long = heard.filter((one) => one.leaves - one.joins >= 60).length;
    expect(metrics.tuned_in_live?.value).toBe(long);
  });
});

describe('records', () => {
  const crowd = makeCrowd({ sessions: 300, seed: 7, lasts: 300, doors: 3, stays: 120, moves: 60 });
  const figures = (room: AudienceRoom): unknown => room.numbers(START + 400_000).metrics;

  test('that come again change nothing', () => {
    expect(figures(run(crowd, 300, 3, 3).room)).toEqual(figures(run(crowd, 300, 3).room));
  });

  test('in any order among doors, with older copies after newer ones, give the same seconds', () => {
    const random = chance(3);
    const [straight, mixed] = [new AudienceRoom('hall'), new AudienceRoom('hall')];
    const old: Buffer[] = [];
    for (let now = 10; now <= 360; now += 10) {
      const sent = [...recordsAt(crowd, now, 3, START_MINUTE).values()];
      for (const bytes of sent) feed(straight, bytes);
      for (const bytes of sent.toSorted(() => random() - 0.5)) feed(mixed, bytes);
      // Copies of the running minute and of the one before it.
      if (now % 60 > 10) for (const bytes of old.slice(-3)) feed(mixed, bytes);
      old.push(...sent);
    }
    expect(mixed.count.sums).toEqual(straight.count.sums);
    expect(mixed.count.live.size).toBe(straight.count.live.size);
  });
});

test('the seconds of all minutes add up to the total, whatever was estimated', () => {
  const crowd = makeCrowd({ sessions: 200, seed: 9, lasts: 300, doors: 2, stays: 100, moves: 0 });
  const room = new AudienceRoom('hall');
  room.memory.opened = START;
  let sum = 0;
  let total = 0;
  for (let now = 10; now <= 420; now += 10) {
    for (const bytes of recordsAt(crowd, now, 2, START_MINUTE).values()) feed(room, bytes);
    room.sample(START + now * 1000);
    if (now % 60 !== 0) continue;
    const entry = room.closeMinute(START_MINUTE + now / 60 - 1);
    sum += (entry?.seconds.stage ?? 0) + (entry?.seconds.standby ?? 0);
    total = entry?.total.listening_seconds?.net ?? total;
    for (const [at, s, c, m, gross] of entry?.samples ?? []) {
      expect(Math.floor(at / 60)).toBe(entry?.minute);
      expect(m).toBeLessThanOrEqual(Math.min(s, c));
      expect(Math.max(s, c)).toBeLessThanOrEqual(gross);
    }
  }
  expect(sum).toBe(total);
  expect(sum).toBeGreaterThan(10_000);
});

test('the entry of a minute has the sums of reactions by kind, over doors and their restarts, and says nothing of a quiet room', () => {
  const room = new AudienceRoom('hall');
  room.memory.opened = START;
  const minute = (n: number) => room.closeMinute(START_MINUTE + n);
  room.happened('door-0', 'a', { visits: 1 });
  expect(minute(0)).not.toHaveProperty('reactions');
  room.happened('door-0', 'a', { visits: 1, reactions: [2, 0, 1, 0, 0] });
  room.happened('door-1', 'b', { reactions: [3, 0, 0, 0, 0] });
  // A report that comes again, or late, changes nothing.
  room.happened('door-0', 'a', { visits: 1, reactions: [1, 0, 1, 0, 0] });
  expect(minute(1)?.reactions).toEqual({ applause: 5, heart: 1 });
  room.happened('door-0', 'after a restart', { reactions: [0, 0, 4, 0, 0] });
  expect(minute(2)?.reactions).toEqual({ applause: 5, heart: 5 });
  expect(minute(2)).toBeUndefined();
});
