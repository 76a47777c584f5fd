import { describe, expect, test } from 'vitest';
import { ms } from '../base/time.ts';
import { LEVELS } from '../wire/delivery.ts';
import { Ladder, type LadderSettings, type Step } from './ladder.ts';
import type { RoomLoad, Signals } from './signals.ts';

const TOP = LEVELS.length - 1;

/** Seeded, so that a failure can be had again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const rooms = (counts: Record<string, number>): Map<string, RoomLoad> =>
  new Map(Object.entries(counts).map(([slug, live]) => [slug, { streams: live, live }]));

const CALM = { wait: 20, loop: 10, unsent: 0, connections: 10_000, egress: 0, joins: 0 };

/** A ladder with its own seconds. */
class Rig {
  readonly ladder: Ladder;
  readonly steps: (Step & { at: number })[] = [];
  now = 1_000_000;
  crowd: Record<string, number> = { big: 10_000 };

  constructor(settings: LadderSettings = {}) {
    this.ladder = new Ladder(settings);
  }

  second(signals: Partial<Signals> = {}, by = 1000) {
    this.now += by;
    const made = this.ladder.observe(ms(this.now), { ...CALM, rooms: rooms(this.crowd), ...signals });
    for (const step of made) this.steps.push({ ...step, at: this.now });
    return made;
  }

  seconds(count: number, signals: Partial<Signals> = {}) {
    for (let i = 0; i < count; i++) this.second(signals);
  }

  level = (slug = 'big') => this.ladder.level(slug, ms(this.now));
}

describe('up', () => {
  test('three seconds of signal make a step, two do not', () => {
    const rig = new Rig();
    rig.second();
    rig.seconds(2, { wait: 100 });
    expect(rig.level()).toBe(0);
    rig.second({ wait: 100 });
    expect(rig.level()).toBe(1);
    expect(rig.steps[0]).toMatchObject({ slug: 'big', from: 0, to: 1, why: 'wait' });
  });

  test.each([
    ['wait', { wait: 120 }],
    ['loop', { loop: 150 }],
    ['backlog', { unsent: 1500 }],
    ['egress', { egress: 95e6 }],
  ] as const)('%s alone is a signal, and is named', (why, signals) => {
    const rig = new Rig({ egressLimit: 100e6 });
    rig.second();
    rig.seconds(3, signals);
    expect(rig.steps).toMatchObject([{ why, to: 1 }]);
    const below = new Rig({ egressLimit: 100e6 });
    below.seconds(300, { wait: 79, loop: 99, unsent: 990, egress: 89e6 });
    expect(below.steps).toEqual([]);
  });

  test('a mild strain waits until the last step has had its effect; a severe one does not', () => {
    const mild = new Rig();
    mild.second();
    mild.seconds(120, { wait: 100 });
    const times = mild.steps.map(({ at }) => (at - (mild.steps[0]?.at ?? 0)) / 1000);
    // 320 → 1280 ms is two doublings of 12 s, 1280 → 2560 one, and 3 s to see; a lower bitrate does not relieve the
    // processor.
    expect(times.slice(0, 4)).toEqual([0, 27, 42, 45]);
    const severe = new Rig();
    severe.second();
    severe.seconds(3 * TOP, { wait: 2000 });
    expect(severe.level()).toBe(TOP);
  });

  test('a longer period does not relieve the egress, so nothing waits for that', () => {
    const rig = new Rig({ egressLimit: 100e6 });
    rig.second();
    rig.seconds(9, { egress: 95e6 });
    expect(rig.steps.map(({ to }) => to)).toEqual([1, 2, 3]);
    rig.seconds(4, { egress: 95e6 });
    expect(rig.level()).toBe(3);
    rig.second({ egress: 95e6 });
    expect(rig.level()).toBe(4);
  });

  test('a door with next to nothing to do does not mistake a busy machine for a crowd of its own', () => {
    const rig = new Rig();
    rig.crowd = { big: 100 };
    rig.seconds(100, { wait: 3000, loop: 3000 });
    expect(rig.level()).toBe(0);
    rig.seconds(4, { wait: 3000, joins: 200 });
    expect(rig.level()).toBe(1);
  });

  test('a few slow readers of a small door say nothing about its network', () => {
    const rig = new Rig();
    rig.seconds(100, { unsent: 40, connections: 60 });
    expect(rig.level()).toBe(0);
  });
});

describe('down', () => {
  test('sixty seconds without a signal make a step, and from the top it is level 0 after less than ninety', () => {
    const rig = new Rig();
    rig.second();
    rig.seconds(3 * TOP, { wait: 2000 });
    expect(rig.level()).toBe(TOP);
    rig.seconds(59);
    expect(rig.level()).toBe(TOP);
    rig.second();
    expect(rig.level()).toBe(TOP - 1);
    rig.seconds(29);
    expect(rig.level()).toBe(0);
  });

  test('between its two thresholds a signal neither raises nor lowers', () => {
    const rig = new Rig();
    rig.second();
    rig.seconds(3, { wait: 100 });
    rig.seconds(600, { wait: 60 });
    expect(rig.steps).toHaveLength(1);
  });

  test('a single second of strain does not end the calm, two in a row do', () => {
    const rig = new Rig();
    rig.second();
    rig.seconds(3, { wait: 100 });
    rig.seconds(40);
    rig.second({ wait: 500 });
    rig.seconds(20);
    expect(rig.level()).toBe(0);
    const other = new Rig();
    other.second();
    other.seconds(3, { wait: 100 });
    other.seconds(40);
    other.seconds(2, { wait: 500 });
    other.seconds(59);
    expect(other.level()).toBe(1);
    other.second();
    expect(other.level()).toBe(0);
  });

  test('a bitrate is restored only when the egress has room for it', () => {
    const rig = new Rig({ egressLimit: 100e6 });
    rig.second();
    rig.seconds(9, { egress: 95e6 });
    expect(rig.level()).toBe(3);
    // At 32 kbit/s 45 MB/s leave; twice that would be too much again.
    rig.seconds(1000, { egress: 45e6 });
    expect(rig.level()).toBe(3);
    rig.seconds(60, { egress: 39e6 });
    expect(rig.level()).toBe(2);
  });

  test('a level that failed is tried less and less often at the same demand, at once when the demand has gone', () => {
    const rig = new Rig();
    rig.second();
    // The machine carries level 1 and not level 0.
    for (let i = 0; i < 3600; i++) rig.second({ wait: rig.level() === 0 ? 100 : 20 });
    const downs = rig.steps.filter(({ from, to }) => to < from);
    expect(downs.length).toBeLessThanOrEqual(10);
    while (rig.level() === 0) rig.second({ wait: 100 });
    rig.crowd = { big: 7000 };
    rig.seconds(60);
    expect(rig.level()).toBe(0);
  });
});

describe('whatever the signals', () => {
  test('no room ever moves by two levels, in any second of a hundred random hours', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const roll = dice(seed);
      const rig = new Rig(seed % 2 ? { egressLimit: 50e6 } : {});
      let storm = 0;
      let before = new Map<string, number>();
      for (let second = 0; second < 3600; second++) {
        if (roll() < 0.01) storm = Math.floor(roll() * 120);
        storm -= 1;
        const bad = storm > 0 ? 2 : 0.2;
        if (roll() < 0.05)
          rig.crowd = {
            a: Math.floor(roll() * 9000),
            b: Math.floor(roll() * 9000),
            c: Math.floor(roll() * 100),
          };
        if (roll() < 0.01) rig.ladder.told('a', Math.floor(roll() * 8), ms(rig.now));
        const between = new Map(['a', 'b', 'c', 'big'].map((slug) => [slug, rig.level(slug)]));
        const moved = rig.second({
          wait: roll() * 200 * bad,
          loop: roll() * 200 * bad,
          unsent: roll() * 1000 * bad,
          egress: roll() * 30e6 * bad,
        });
        const wrong = moved.filter(
          ({ slug, from, to }) =>
            Math.abs(to - from) !== 1 ||
            to < 0 ||
            to > TOP ||
            (to > from && to - (between.get(slug) ?? 0) > 1),
        );
        const fell = [...before].filter(([slug, level]) => rig.ladder.wish(slug).level < level - 1);
        if (wrong.length > 0 || fell.length > 0) expect({ seed, second, wrong, fell }).toBe('nothing');
        before = new Map(['a', 'b', 'c', 'big'].map((slug) => [slug, rig.ladder.wish(slug).level]));
      }
    }
  });

  test.each([
    ['its upper threshold every second', 2, 85, 75],
    ['its upper threshold every five seconds', 10, 85, 75],
    ['its upper threshold every half minute', 60, 85, 75],
    ['its upper threshold every two minutes', 240, 85, 75],
    ['its lower threshold every second', 2, 42, 38],
    ['its lower threshold every two minutes', 240, 42, 38],
    ['both thresholds every second', 2, 85, 35],
  ])('a signal that crosses %s does not make the ladder flap', (_, length, high, low) => {
    const rig = new Rig();
    rig.seconds(4, { wait: 100 });
    for (let second = 0; second < 7200; second++)
      rig.second({ wait: second % length < length / 2 ? high : low });
    const ways = rig.steps.map(({ from, to }) => to - from);
    const turns = ways.filter((way, i) => i > 0 && way !== ways[i - 1]);
    expect(turns.length).toBeLessThanOrEqual(1);
  });

  test('after any storm whose crowd has left it is back at level 0 within 90 s', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const roll = dice(seed);
      const rig = new Rig();
      rig.second();
      const length = 10 + roll() * 1800;
      for (let second = 0; second < length; second++)
        rig.second({ wait: roll() < 0.7 ? 80 + roll() * 1000 : 10, joins: 2000 });
      rig.crowd = { big: 5000 };
      rig.seconds(90);
      expect(rig.level()).toBe(0);
    }
  });

  test('a clock that jumps an hour, either way, moves nothing by itself', () => {
    for (const jump of [3_600_000, -3_600_000]) {
      const rig = new Rig();
      rig.second();
      rig.seconds(3, { wait: 100 });
      const before = rig.steps.length;
      // The first look after the jump stands for two seconds at most, in either direction of travel.
      rig.second({}, jump);
      rig.seconds(50);
      expect(rig.steps).toHaveLength(before);
      rig.second({ wait: 100 }, jump);
      expect(rig.steps).toHaveLength(before);
    }
  });
});

describe('rooms', () => {
  test('the room that costs most is stepped, and the quiet ones keep level 0 while it can still give something up', () => {
    const rig = new Rig();
    rig.crowd = {
      flooded: 10_000,
      ...Object.fromEntries([...Array(10).keys()].map((i) => [`quiet-${i}`, 100])),
    };
    rig.second();
    rig.seconds(3 * TOP, { wait: 2000 });
    expect(rig.level('flooded')).toBe(TOP);
    for (let i = 0; i < 10; i++) expect(rig.level(`quiet-${i}`)).toBe(0);
    // Only when that has not been enough are the others asked.
    rig.seconds(3, { wait: 2000 });
    expect(rig.level('quiet-0')).toBe(1);
  });

  test('two rooms of nearly one size do not take turns', () => {
    const rig = new Rig();
    const roll = dice(5);
    for (let i = 0; i < 10; i++) {
      rig.crowd = { one: 5000 + roll() * 500, two: 4500 + roll() * 500, three: 2000 };
      rig.second({ wait: 2000 });
    }
    expect(rig.level('three')).toBe(0);
    expect(Math.abs(rig.level('one') - rig.level('two'))).toBeLessThanOrEqual(1);
  });

  test('a hundred equal rooms step together: relief does not take an hour', () => {
    const rig = new Rig();
    rig.crowd = Object.fromEntries([...Array(100).keys()].map((i) => [`room-${i}`, 100]));
    rig.second();
    expect(rig.second({ wait: 2000 })).toEqual([]);
    rig.seconds(2, { wait: 2000 });
    expect(rig.steps).toHaveLength(100);
  });

  test('listeners on the delayed stream count a sixteenth', () => {
    const rig = new Rig();
    rig.second();
    const mixed = new Map([
      ['ring', { streams: 8000, live: 100 }],
      ['edge', { streams: 2000, live: 2000 }],
    ]);
    rig.seconds(4, { wait: 2000, rooms: mixed });
    expect(rig.steps[0]?.slug).toBe('edge');
  });

  test('what the cell has told holds for five seconds, and a strain goes on from there', () => {
    const rig = new Rig();
    rig.second();
    rig.ladder.told('big', 3, ms(rig.now));
    expect([rig.level(), rig.ladder.wish('big').level]).toEqual([3, 0]);
    rig.seconds(2, { wait: 2000 });
    rig.ladder.told('big', 3, ms(rig.now));
    rig.seconds(1, { wait: 2000 });
    expect(rig.ladder.wish('big')).toEqual({ level: 4, why: 'wait' });
    const other = new Rig();
    other.second();
    other.ladder.told('big', 3, ms(other.now));
    other.seconds(5);
    expect(other.level()).toBe(0);
  });

  test('rooms without listeners are forgotten, those above level 0 only once they are back at 0', () => {
    const rig = new Rig();
    rig.second();
    rig.seconds(3, { wait: 100 });
    rig.crowd = {};
    rig.seconds(30);
    expect(rig.level()).toBe(1);
    rig.seconds(40);
    expect([...rig.ladder.levels(ms(rig.now))]).toEqual([]);
  });
});

describe('places while newcomers queue', () => {
  test('there are some while there is no strain, none while there is', () => {
    const rig = new Rig();
    rig.second();
    expect(rig.ladder.spare('big', ms(rig.now))).toBe(100);
    rig.second({ wait: 60 });
    expect(rig.ladder.spare('big', ms(rig.now))).toBe(0);
    rig.crowd = { big: 3 };
    rig.second();
    expect(rig.ladder.spare('big', ms(rig.now))).toBe(1);
  });
});

describe('the egress limit', () => {
  test('it is learned from sockets that fill up, not from a slow processor', () => {
    const rig = new Rig();
    rig.seconds(10, { egress: 40e6 });
    rig.seconds(3, { egress: 60e6, wait: 500 });
    expect(rig.ladder.egressLimit).toBe(Infinity);
    rig.second({ egress: 70e6, unsent: 4000 });
    expect(rig.ladder.egressLimit).toBe(60e6);
  });

  test('it rises by a hundredth a second while it is tried, never falls below its floor, and is forgotten', () => {
    const rig = new Rig();
    rig.seconds(5, { egress: 1e6 });
    rig.second({ egress: 1e6, unsent: 4000 });
    expect(rig.ladder.egressLimit).toBe(12_500_000);
    rig.seconds(10, { egress: 12e6 });
    expect(rig.ladder.egressLimit).toBeCloseTo(12_500_000 * 1.01 ** 10, -3);
    rig.seconds(600);
    expect(rig.ladder.egressLimit).toBe(Infinity);
  });
});
