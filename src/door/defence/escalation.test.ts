import { expect, test } from 'vitest';
import { CostTable } from './cost-table.ts';
import { Escalation, fairLevel, STEPS } from './escalation.ts';

/** A table whose rows cost what is said, each second. */
function open(costs: Readonly<Record<number, number>>, listening: readonly number[] = []) {
  const table = new CostTable(512);
  const seen: [number, number][] = [];
  const steps = new Escalation('client', table, (row, _, to) => seen.push([table.keyAt(row), to]));
  for (const key of listening) for (let i = 0; i < 20; i += 1) table.stream(key, 1);
  const pass = (seconds: number, strained: boolean, now = costs): void => {
    for (let s = 0; s < seconds; s += 1) {
      for (const [key, cost] of Object.entries(now)) table.charge(table.place(Number(key)), cost, 0, 0);
      table.turn(1);
      steps.turn(1, strained);
    }
  };
  const stepOf = (key: number): string => STEPS[table.steps[table.find(key)] ?? 0] ?? '';
  return { table, steps, seen, pass, stepOf };
}

test('the fair level fills from the smallest wish, by weight', () => {
  const wish = (cost: number, weight = 1) => ({ cost, weight });
  expect(fairLevel([wish(10), wish(20)], 100)).toBe(Number.POSITIVE_INFINITY);
  expect(fairLevel([wish(10), wish(200), wish(300)], 110)).toBe(50);
  expect(fairLevel([wish(10), wish(200, 3), wish(300)], 110)).toBe(25);
});

test('while nothing has to wait nobody is touched, whatever they cost', () => {
  const { pass, seen } = open({ 1: 400_000, 2: 400_000 });
  pass(120, false);
  expect(seen).toEqual([]);
});

test('a crowd in which everybody costs alike is never touched, however strained the door is', () => {
  const people = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [i + 1, 2_500]));
  const { pass, seen } = open(people);
  pass(120, true);
  expect(seen).toEqual([]);
});

test('those far above their share go up step by step within seconds, and the others are left alone', () => {
  const crowd = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i + 100, 1_000]));
  const { pass, stepOf, seen } = open({ ...crowd, 1: 300_000, 2: 300_000 });
  pass(8, true);
  expect(stepOf(1)).not.toBe('serve');
  pass(14, true);
  expect([stepOf(1), stepOf(2), stepOf(100)]).toEqual(['refuse', 'refuse', 'serve']);
  expect(seen.filter(([key]) => key === 1).map(([, to]) => to)).toEqual([1, 2, 3, 4]);
  expect(seen.every(([key]) => key < 3)).toBe(true);
});

test('where people listen nobody is refused', () => {
  const { pass, stepOf } = open({ 1: 300_000, 2: 300_000 }, [2]);
  pass(120, true);
  expect([stepOf(1), stepOf(2)]).toEqual(['refuse', 'wait']);
});

test('a client within its share of what the door has for strangers is left alone', () => {
  const { pass, seen } = open({ 1: 60_000 });
  pass(120, true);
  expect(seen).toEqual([]);
});

test('what is done stays while it costs too much, strained or not, and is taken back a step a minute after that', () => {
  const { pass, stepOf } = open({ 1: 600_000 });
  pass(60, true);
  pass(300, false);
  expect(stepOf(1)).toBe('refuse');
  // Its mean has to fall first.
  pass(150, false, {});
  expect(stepOf(1)).toBe('wait');
  pass(240, false, {});
  expect(stepOf(1)).toBe('serve');
});

test('a lifted row begins again at the bottom', () => {
  const { pass, stepOf, steps, table } = open({ 1: 600_000 });
  pass(60, true);
  steps.lift(table.find(1));
  expect(stepOf(1)).toBe('serve');
});
