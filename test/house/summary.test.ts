import { expect, test } from 'vitest';

interface Look {
  readonly file: string;
  readonly title: string;
  readonly tries: number;
  readonly alone: boolean;
}
interface Machine {
  readonly stops: number;
  readonly worst: number;
}
interface Named {
  readonly file: string;
  readonly title?: string;
}
interface Summary {
  summary(count: {
    passed: number;
    failed: number;
    skipped?: number;
    reds?: string[];
    looks?: readonly Look[];
    machine?: Machine;
  }): string[];
  together(a: Machine, b: Machine): Machine;
  turnedGreen(
    red: readonly Named[],
    again: { readonly green: readonly Named[]; readonly red: readonly Named[] },
    n: number,
  ): Look[];
}
const { summary, together, turnedGreen } = (await import(
  new URL('../../scripts/summary.mjs', import.meta.url).href
)) as Summary;

test('a run in which everything was green at once is its count alone', () => {
  expect(summary({ passed: 12, failed: 0 })).toEqual(['12 passed, 0 failed']);
});

test('what is red or was green only on a second look is named, each once, with what the processor did; the count stays last', () => {
  const lines = summary({
    passed: 700,
    failed: 1,
    skipped: 2,
    reds: ['e2e/c.test.ts > ends'],
    looks: [
      { file: 'e2e/b.test.ts', title: 'hears > on', tries: 2, alone: false },
      { file: 'e2e/a.test.ts', title: 'comes back', tries: 3, alone: false },
      { file: 'e2e/b.test.ts', title: 'hears > on', tries: 4, alone: true },
      { file: 'e2e/b.test.ts', title: 'hears > on', tries: 3, alone: false },
    ],
    machine: { stops: 3, worst: 812.4 },
  });
  expect(lines).toEqual([
    '2 tests were skipped',
    'green only on a second look: 2 tests',
    '  e2e/a.test.ts > comes back (at try 3)',
    '  e2e/b.test.ts > hears > on (in look 4, alone)',
    'red: e2e/c.test.ts > ends',
    'meanwhile the processor stood still, or was taken by others, 3 times, 812 ms at worst',
    '700 passed, 1 failed',
  ]);
});

test('without a stall the machine is no excuse, and that is said', () => {
  const looks = [{ file: 'e2e/a.test.ts', title: 'comes back', tries: 2, alone: true }];
  expect(summary({ passed: 1, failed: 0, looks }).at(-2)).toBe(
    'meanwhile the processor was there all the time',
  );
  expect(summary({ passed: 1, failed: 1 }).at(-2)).toBe('meanwhile the processor was there all the time');
});

test('the machine of several runs is the sum of its stops and the worst of them', () => {
  expect(together({ stops: 1, worst: 300 }, { stops: 2, worst: 250 })).toEqual({ stops: 3, worst: 300 });
});

test('only what was red and is green counts; a file whose set-up failed is green when nothing of it is red', () => {
  const again = {
    green: [
      { file: 'a', title: 'one' },
      { file: 'a', title: 'always green' },
      { file: 'c', title: 'x' },
      { file: 'd', title: 'y' },
    ],
    red: [
      { file: 'b', title: 'two' },
      { file: 'd', title: 'z' },
    ],
  };
  const red = [{ file: 'a', title: 'one' }, { file: 'b', title: 'two' }, { file: 'c' }, { file: 'd' }];
  expect(turnedGreen(red, again, 2)).toEqual([
    { file: 'a', title: 'one', tries: 2, alone: true },
    { file: 'c', title: '(the file)', tries: 2, alone: true },
  ]);
});
