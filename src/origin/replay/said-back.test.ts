import { expect, test } from 'vitest';
import type { Mark } from '../../wire/mark.ts';
import { saidBack } from './said-back.ts';

/** A replay of 100 s from wall-clock 1,000 s on, of which the seconds 40 to 60 were trimmed away. */
const places = {
  length: 80_000,
  has: (wall: number) => {
    const at = wall / 1000 - 1_000;
    return at >= 0 && at < 100 && !(at >= 40 && at < 60);
  },
  of: (wall: number) => {
    const at = wall - 1_000_000;
    return at < 40_000 ? at : at < 60_000 ? 40_000 : at - 20_000;
  },
};
const at = (second: number): number => (1_000 + second) * 1_000;

test('answered questions and pinned lines are where they were; what was trimmed away or taken back is not told', () => {
  const marks: Mark[] = [
    { kind: 'pin', at: at(10), id: 'a', text: 'First', link: 'https://example.org/' },
    { kind: 'answered', at: at(20), id: 'q', text: 'Why?', votes: 3 },
    { kind: 'answered', at: at(45), id: 'r', text: 'Trimmed?', votes: 1 },
    { kind: 'answered', at: at(65), id: 's', text: 'Taken back?', votes: 1 },
    { kind: 'unanswered', at: at(66), id: 's' },
    { kind: 'pin', at: at(70), id: 'b' },
  ];
  expect(saidBack(marks, places).moments).toEqual([
    { kind: 'pin', at: 10, until: 50, text: 'First', link: 'https://example.org/' },
    { kind: 'answered', at: 20, text: 'Why?', votes: 3 },
  ]);
});

test('the picture of reactions adds up to their totals, without those that were trimmed away', () => {
  const marks: Mark[] = [
    {
      kind: 'reactions',
      at: at(0),
      seconds: [
        [2, 1, 0, 0, 0, 0],
        [9, 0, 5, 0, 0, 1],
      ],
    },
    { kind: 'reactions', at: at(40), seconds: [[5, 100, 0, 0, 0, 0]] },
    {
      kind: 'reactions',
      at: at(90),
      seconds: [
        [9, 0, 0, 2, 0, 0],
        [0, 1],
      ],
    },
  ];
  const { reactions } = saidBack(marks, places);
  expect(reactions?.totals).toEqual([1, 5, 2, 0, 1]);
  expect(reactions?.counts.reduce((sum, n) => sum + n, 0)).toBe(9);
  expect([reactions?.every, reactions?.counts[9], reactions?.counts[79]]).toEqual([1, 6, 2]);
  expect(saidBack([], places)).toEqual({});
});
