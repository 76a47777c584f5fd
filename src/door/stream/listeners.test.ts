import { expect, test } from 'vitest';
import { type Ear, rig, unbroken } from '../../../test/fanout.ts';
import { noticeMs } from './rendition-stream.ts';

/** The longest pause between two writes from `from` on. */
const longest = (ear: Ear, from = 0): number =>
  ear.writes.reduce(
    (most, at, i) => (i > 0 && at > from ? Math.max(most, at - (ear.writes[i - 1] ?? 0)) : most),
    0,
  );

/** Seconds until everyone of one write period is in another. */
const moved = (from: number, to: number): number => (noticeMs(from, to) + 2 * from + to) / 1000;

test('a longer period applies to newcomers at once, to the others after a notice; nobody misses a fragment', () => {
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

test('a shorter period takes effect with the next write, and a change that is undone moves nobody', () => {
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

test('a ceiling switches to the best rendition within it, from its first encoded fragment, and back afterwards', () => {
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

test('a rendition that falls silent is replaced without a gap', () => {
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

test('a listener who asks for a rendition that is not encoded hears another at once', () => {
  const trial = rig();
  const ear = trial.join('opus32');
  expect(ear.heard.at(-1)?.rendition).toBe('opus64');
  trial.run(2);
  expect(unbroken(ear.seqs)).toBe(true);
  expect(trial.fanout.counts().get('room')?.wanted.toSorted()).toEqual(['opus32', 'opus64']);
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

test('a fault in writing to one listener costs only that one, and is counted as ours', () => {
  const trial = rig();
  trial.contained = [];
  const ears = [trial.join(), trial.join(), trial.join()];
  trial.run(2);
  const [first, bad, last] = ears as [Ear, Ear, Ear];
  bad.socket.write = () => {
    throw new Error('anything');
  };
  trial.run(2);
  expect(trial.contained).toHaveLength(1);
  expect(bad.reset).toBe(true);
  expect(trial.counters.departures).toMatchObject({ fault: 1, stalled: 0 });
  for (const ear of [first, last]) {
    expect(ear.reset).toBe(false);
    expect(unbroken(ear.seqs)).toBe(true);
    expect(ear.seqs.at(-1)).toBe(trial.newest());
  }
});
