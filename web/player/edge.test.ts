import { expect, test } from 'vitest';
import { Edge, MAX_MARGIN } from './edge.ts';

/** Plays against a server that writes every `period` seconds, `late` behind the margin, for `seconds`. */
const run = (edge: Edge, period: number, left: number, seconds: number, jitter: () => number = () => 0) => {
  let rate = 1;
  let jumped = 0;
  let changes = 0;
  let at = 0;
  for (; at < seconds; at += period) {
    const steering = edge.sample(Math.max(0, left + jitter()), at);
    jumped += steering.jump;
    left -= steering.jump;
    if (steering.rate !== rate) changes++;
    rate = steering.rate;
    left -= (rate - 1) * period;
  }
  return { left, jumped, changes, rate };
};
/** A seeded sequence in ±1. */
const noise = () => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  };
};

test.each([0.32, 0.64, 1.28])('with writes every %f s the low-water mark settles at the margin', (period) => {
  for (const start of [0.05, 0.9]) {
    const { left, jumped } = run(new Edge(), period, start, 120);
    expect(Math.abs(left - 0.3)).toBeLessThan(0.05);
    expect(jumped).toBe(0);
  }
});

test('jitter of 30 ms does not make it hunt', () => {
  const random = noise();
  const { left, changes } = run(new Edge(), 0.32, 0.33, 300, () => random() * 0.03);
  expect(changes).toBeLessThanOrEqual(6);
  expect(Math.abs(left - 0.3)).toBeLessThan(0.09);
});

test('more than a second off hurries at 4 %, never faster', () => {
  const edge = new Edge();
  edge.sample(2, 0);
  expect(edge.sample(2, 1.1)).toEqual({ rate: 1.04, jump: 0 });
});

test('more than three seconds late jumps, once', () => {
  const { left, jumped } = run(new Edge(), 0.32, 6, 60);
  expect(jumped).toBeGreaterThan(5);
  expect(Math.abs(left - 0.3)).toBeLessThan(0.05);
});

test('each time it runs dry it keeps more, up to a limit, and forgets slowly when all is calm', () => {
  const edge = new Edge();
  edge.starved(0);
  expect(edge.margin).toBeCloseTo(0.45);
  for (let i = 0; i < 20; i++) edge.starved(0);
  expect(edge.margin).toBe(MAX_MARGIN);
  run(edge, 0.32, 1.5, 59);
  expect(edge.margin).toBe(MAX_MARGIN);
  run(edge, 0.32, 1.5, 600);
  expect(edge.margin).toBeLessThan(MAX_MARGIN);
});

test.each([
  [0.32, 1.28, 24],
  [1.28, 2.56, 21],
  [0.32, 2.56, 36],
])(
  'notified that writes every %f s become writes every %f s in %i s, it has buffered the difference by then',
  (from, to, within) => {
    const edge = new Edge();
    run(edge, from, 0.32, 10);
    edge.prepare(to - from, within, 10);
    let left = 0.32;
    let changes = 0;
    let before = 1;
    for (let at = 10; at < 10 + within; at += from) {
      const { rate, jump } = edge.sample(left, at);
      expect(rate).toBeGreaterThanOrEqual(0.92);
      expect(rate).toBeLessThanOrEqual(1.01);
      expect(jump).toBe(0);
      if (rate !== before) changes++;
      before = rate;
      left += (1 - rate) * from;
    }
    expect(left).toBeGreaterThan(to - from + 0.2);
    expect(left).toBeLessThan(to - from + 0.6);
    expect(changes).toBeLessThanOrEqual(6);
    // The pace has changed: what is left before a write is the margin again, and nothing is to be done.
    edge.arrived();
    const settled = run(edge, to, left - (to - from), 60);
    expect(Math.abs(settled.left - 0.3)).toBeLessThan(0.3);
    expect(settled.jumped).toBe(0);
  },
);

test.each([
  [0.32, 1.28, 24],
  [1.28, 2.56, 22.7],
  [0.32, 2.56, 36],
  [0.32, 5.12, 71],
])(
  'writes every %f s become writes every %f s: 150 ms of jitter do not make it run dry',
  (from, to, within) => {
    const random = noise();
    for (const margin of [0.3, 1]) {
      const edge = new Edge(margin);
      let left = margin;
      for (let at = 0; at < 20 + within; at += from) {
        if (at >= 20 && at < 20 + from) edge.prepare(to - from + 0.2, within, at);
        const { rate } = edge.sample(Math.max(0, left + 0.15 * random()), at);
        expect(rate).toBeGreaterThanOrEqual(0.92);
        left += (1 - rate) * from;
      }
      expect(left - (to - from)).toBeGreaterThan(margin);
    }
  },
);

test('writes become more frequent: the surplus is played off at no more than 4 %, without a jump', () => {
  const edge = new Edge();
  edge.arrived(2.24);
  // A second late as it was: together more than is jumped over otherwise.
  const { left, jumped } = run(edge, 0.32, 0.3 + 2.24 + 1, 200);
  expect(jumped).toBe(0);
  expect(Math.abs(left - 0.3)).toBeLessThan(0.05);
});

test('it never jumps past what has arrived: a late write may be the first of many, or the only one', () => {
  const edge = new Edge();
  for (let at = 0; at < 5; at += 0.32) edge.sample(0.3, at);
  // The page stood still for eight seconds and has run dry.
  for (let at = 13; at < 18; at += 0.32) expect(edge.sample(0, at, 8).jump).toBe(0);
  // Then all of it is there: now.
  const { left, jumped } = run(edge, 0.32, 8, 20);
  expect(jumped).toBeGreaterThan(6);
  expect(left).toBeGreaterThan(0.2);
});
