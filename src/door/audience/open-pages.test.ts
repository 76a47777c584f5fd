import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { OpenPages } from './open-pages.ts';

const SLOT = 10_000;
const START = 1_800_000_000_000;
const countsOf = (pages: OpenPages, wall: number): Record<string, number> =>
  Object.fromEntries(pages.counts(wall));

test('a page counts at the end of each slot that it named, and no longer', () => {
  const pages = new OpenPages();
  pages.take('hall', 'a', 3, START + 4_000);
  expect(countsOf(pages, START + 9_999)).toEqual({ hall: 0 });
  for (const slot of [1, 2, 3])
    expect([slot, countsOf(pages, START + slot * SLOT)]).toEqual([slot, { hall: 1 }]);
  expect(countsOf(pages, START + 4 * SLOT)).toEqual({ hall: 0 });
  // It was told that nobody is there any more.
  expect(countsOf(pages, START + 5 * SLOT)).toEqual({});
});

test('a page that says so again, too early or twice, is one page', () => {
  const pages = new OpenPages();
  for (const at of [0, 1_000, 12_000]) pages.take('hall', 'a', 3, START + at);
  pages.take('hall', 'b', 3, START + 12_000);
  pages.take('other', 'a', 3, START + 12_000);
  expect(countsOf(pages, START + 2 * SLOT)).toEqual({ hall: 2, other: 1 });
});

test('pages whose signs go to any of several doors are counted once, at every instant', () => {
  const next = chance(7);
  const doors = [new OpenPages(), new OpenPages(), new OpenPages()];
  const phases = Array.from({ length: 500 }, () => Math.floor(next() * 8_000));
  for (let slot = 0; slot < 60; slot++) {
    const begins = START + slot * SLOT;
    // Each page comes in one of the first three slots, and says so again in every third one.
    phases.forEach((phase, n) => {
      if (slot % 3 !== n % 3) return;
      doors[Math.floor(next() * doors.length)]?.take('hall', `page-${n}`, 3, begins + phase);
    });
    if (slot < 2) continue;
    const sum = doors.reduce((all, door) => all + (countsOf(door, begins + SLOT)['hall'] ?? 0), 0);
    expect([slot, sum]).toEqual([slot, 500]);
  }
});

test('a clock that is set back changes nothing until it has caught up', () => {
  const pages = new OpenPages();
  pages.take('hall', 'a', 3, START + SLOT);
  expect(countsOf(pages, START + 2 * SLOT)).toEqual({ hall: 1 });
  pages.take('hall', 'b', 3, START);
  expect(countsOf(pages, START)).toEqual({ hall: 1 });
  expect(countsOf(pages, START + 3 * SLOT)).toEqual({ hall: 2 });
});
