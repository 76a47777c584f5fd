import { describe, expect, test } from 'vitest';
import { ms } from '../../base/time.ts';
import { Reception } from './reception.ts';

/** Feeds packets with these sequence numbers, one every 20 ms. */
const feed = (reception: Reception, sequences: readonly number[], from = 0): number => {
  let now = from;
  for (const sequence of sequences) {
    reception.arrive(sequence & 0xffff, sequence * 960, ms(now));
    now += 20;
  }
  return now;
};
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('what is missing', () => {
  test('is asked for at once, again every 50 ms, and given up after four times', () => {
    const reception = new Reception(1);
    const now = feed(reception, [10, 11, 14]);
    expect(reception.wanted(ms(now))).toEqual([12, 13]);
    expect(reception.wanted(ms(now + 30))).toEqual([]);
    expect(reception.wanted(ms(now + 50))).toEqual([12, 13]);
    expect(reception.arrive(12, 0, ms(now + 60))).toBe('new');
    expect(reception.wanted(ms(now + 100))).toEqual([13]);
    expect(reception.wanted(ms(now + 150))).toEqual([13]);
    expect(reception.wanted(ms(now + 200))).toEqual([]);
  });

  test('is known across the wrap of sequence numbers', () => {
    const reception = new Reception(1);
    const now = feed(reception, [65_533, 65_534, 65_537]);
    expect(reception.wanted(ms(now))).toEqual([65_535, 0]);
  });

  test('counts once when redundancy and the late original both bring it', () => {
    const reception = new Reception(1);
    feed(reception, [1, 2, 4]);
    expect(reception.arrive(3, 0, ms(80), true)).toBe('new');
    expect(reception.arrive(3, 0, ms(90))).toBe('duplicate');
    expect(reception.wanted(ms(90))).toEqual([]);
  });
});

describe('what is reported', () => {
  test('is the share lost, also when it was repaired', () => {
    const reception = new Reception(1);
    feed(reception, range(0, 51));
    reception.report(ms(1_000), 0);
    const now = feed(
      reception,
      range(51, 151).filter((sequence) => sequence % 10 !== 5),
      1_000,
    );
    for (const lost of range(51, 151).filter((sequence) => sequence % 10 === 5))
      reception.arrive(lost, lost * 960, ms(now + 30));
    const report = reception.report(ms(now), 0);
    expect(report.fraction).toBeCloseTo(0.1, 2);
    expect(report.lost).toBe(0);
    expect(report.highest).toBe(150);
    expect(reception.loss).toBeGreaterThan(0.03);
  });

  test('is at least what listeners lose', () => {
    const reception = new Reception(1);
    feed(reception, range(0, 50));
    expect(reception.report(ms(1_000), 0.2).fraction).toBe(0.2);
    expect(reception.report(ms(2_000), 0).fraction).toBe(0);
  });

  test('does not call a swapped pair a loss', () => {
    const reception = new Reception(1);
    feed(reception, [0, 1, 2]);
    reception.arrive(4, 4 * 960, ms(60));
    reception.arrive(3, 3 * 960, ms(62));
    expect(reception.report(ms(1_000), 0).fraction).toBe(0);
  });
});

test('a jump is a new start, and old packets are recognised', () => {
  const reception = new Reception(1);
  feed(reception, range(0, 300));
  expect(reception.arrive(40, 0, ms(6_000))).toBe('old');
  expect(reception.arrive(299, 0, ms(6_000))).toBe('duplicate');
  expect(reception.arrive(20_000, 0, ms(6_000))).toBe('restart');
  expect(reception.wanted(ms(6_000))).toEqual([]);
});
