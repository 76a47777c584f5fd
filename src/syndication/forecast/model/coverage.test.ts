import { expect, test } from 'vitest';
import { chance } from '../../../../test/chance.ts';
import { spreadMinutes } from './arrivals.ts';
import { type CoverageTrial, coverageOf } from './coverage.ts';
import { scoreOf } from './score.ts';
import { momentAt } from './signal.ts';
import { WORLDS } from './simulated.ts';

const tried = (trial: Omit<CoverageTrial, 'moment' | 'chance' | 'others'> & { others?: number }) =>
  coverageOf({ others: 10, ...trial, moment: 'hour', chance: chance(7) });
const share = (part: number, { rooms }: { readonly rooms: number }): number => part / rooms;

// The guard has two sides: an interval that is too wide is not right either (SauersML/gam#2708).
test.each(WORLDS.map((world) => [world.name, world] as const))(
  'after ten rooms about four in five are inside: %s',
  (_, world) => {
    const { peak } = tried({
      world,
      before: 10,
      hosts: 250,
      ...(world.surprises > 0 ? { only: 'usual' } : {}),
    });
    expect(share(peak.inside, peak)).toBeGreaterThan(0.72);
    expect(share(peak.inside, peak)).toBeLessThan(0.96);
    expect(peak.wide).toBeLessThan(12);
  },
);

test('nothing is promised of nights that nobody could foresee', () => {
  const world = WORLDS.find(({ surprises }) => surprises > 0) ?? WORLDS[0];
  if (!world) throw new Error('no world');
  const { peak } = tried({ world, before: 10, hosts: 1_500, only: 'surprising' });
  expect(peak.rooms).toBeGreaterThan(30);
  expect(share(peak.above, peak)).toBeGreaterThan(0.8);
});

test('while nothing is known the interval is wide', () => {
  for (const world of WORLDS.slice(0, 3))
    expect(tried({ world, before: 0, others: 0, hosts: 100 }).peak.wide).toBeGreaterThan(30);
});

test('a score says when it is worse, or better, than a true 80 % would be', () => {
  const of = (inside: number, above: number) =>
    scoreOf([...Array<'inside'>(inside).fill('inside'), ...Array<'above'>(above).fill('above'), 'unknown']);
  expect(of(17, 3)).toMatchObject({ checked: 20, inside: 17, expected: 16, isOdd: false });
  expect(of(10, 10).isOdd).toBe(true);
  expect(of(40, 0).isOdd).toBe(true);
  expect(of(0, 0)).toMatchObject({ checked: 0, expected: 0, isOdd: false });
});

test('a moment is the time left, whatever the clock was set to', () => {
  const start = 1e12;
  const at = (hours: number) => momentAt(start - hours * 3_600_000, start);
  expect([72, 24, 1, 0.1, -5].map(at)).toEqual(['announced', 'day', 'hour', 'start', 'start']);
  expect(momentAt(start, undefined)).toBe('start');
});

test('a link is sent over so many minutes that no second brings more than the doors let in', () => {
  const of = [
    [12_000, 20],
    [50, 20],
    [1_000_000, 1],
    [0, 0],
  ].map(([worst = 0, perSecond = 0]) => spreadMinutes(worst, perSecond));
  expect(of).toEqual([10, 1, 30, 1]);
});
