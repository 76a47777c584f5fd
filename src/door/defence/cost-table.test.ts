import { expect, test } from 'vitest';
import { CostTable } from './cost-table.ts';
import { DEFENCE } from './thresholds.ts';

test('cost is a mean per second that fades by half in a half-life', () => {
  const table = new CostTable(64);
  const row = table.place(7);
  for (let s = 0; s < 120; s += 1) {
    table.charge(row, 6_000, 0, 0);
    table.turn(1);
  }
  // After two minutes of 6 ms a second the mean is what it says, but for the second that has just faded.
  expect(table.cost(row)).toBeGreaterThan(5_500);
  expect(table.cost(row)).toBeLessThan(6_200);
  table.turn(DEFENCE.halfLifeMs / 1_000);
  expect(table.cost(row)).toBeGreaterThan(2_700);
  expect(table.cost(row)).toBeLessThan(3_100);
  expect(table.requests(row)).toBeCloseTo(0.5, 1);
});

test('connections cost by the second, and bytes by the byte', () => {
  const table = new CostTable(64);
  for (let i = 0; i < 50; i += 1) table.slot(9, 1);
  for (let s = 0; s < 120; s += 1) table.turn(1);
  const row = table.find(9);
  expect(table.rates(row)).toMatchObject({ slots: 50, requests: 0, cpu: 0 });
  expect(table.rates(row).connections).toBeGreaterThan(45);
  expect(table.cost(row)).toBeGreaterThan(450);
  table.charge(row, 0, 40_000_000, 0);
  expect(table.cost(row)).toBeGreaterThan(1_000);
  for (let i = 0; i < 60; i += 1) table.slot(9, -1);
  expect(table.rates(row).slots).toBe(0);
});

test('a stream counts as a listener once it goes on; sound that is fetched counts by the connections it goes over', () => {
  const table = new CostTable(64);
  const row = table.place(3);
  for (let i = 0; i < 1_000; i += 1) {
    table.stream(3, 1);
    table.stream(3, -1);
  }
  table.turn(1);
  expect(table.listeners(row)).toBe(0);
  for (let i = 0; i < 10; i += 1) table.stream(3, 1);
  table.turn(1);
  expect(table.listeners(row)).toBeCloseTo(2);
  for (let s = 0; s < 30; s += 1) table.turn(1);
  expect(table.listeners(row)).toBeGreaterThan(9.5);
  for (let i = 0; i < 10; i += 1) table.stream(3, -1);
  table.turn(1);
  expect(table.listeners(row)).toBe(0);
  table.charge(row, 0, 100 * DEFENCE.listenRate * 15, 100 * DEFENCE.listenRate * 15);
  expect(table.listeners(row)).toBe(0);
  table.slot(3, 1);
  table.slot(3, 1);
  expect(table.listeners(row)).toBe(2);
});

test('behind a listed proxy sound alone counts, and a quick download is not a crowd', () => {
  const table = new CostTable(64);
  const row = table.place(3);
  table.charge(row, 0, 4_000 * 15, 4_000 * 15, true);
  expect(table.listeners(row)).toBeGreaterThan(1);
  expect(table.listeners(row)).toBeLessThan(4);
  table.charge(row, 0, 1e9, 1e9, true);
  expect(table.listeners(row)).toBe(DEFENCE.mostBrought);
  for (let s = 0; s < 300; s += 1) table.turn(1);
  expect(table.listeners(row)).toBeLessThan(0.5);
});

test('whoever comes takes the place of the cheapest, as long as that has cost less than a page', () => {
  const table = new CostTable(8);
  for (let key = 1; key <= 8; key += 1) table.charge(table.place(key), key * 100, 0, 0);
  table.charge(table.place(99), 5_000, 0, 0);
  expect(table.find(1)).toBe(table.rest);
  expect([2, 8, 99].map((key) => table.find(key))).not.toContain(table.rest);
  expect(table.overflows).toBe(0);
});

test('a table full of expensive rows goes on limiting: the rest shares one row, which is counted and said', () => {
  const table = new CostTable(64);
  for (let key = 1; key <= 10_000; key += 1) table.charge(table.place(key), 5_000, 0, 0);
  expect(table.used).toBe(64);
  expect(table.overflows).toBeGreaterThan(9_900);
  expect(table.cost(table.rest)).toBeGreaterThan(1_000_000);
  // Once those have become cheap, there is place again.
  for (let s = 0; s < 120; s += 1) table.turn(1);
  const before = table.overflows;
  expect(table.place(20_000)).not.toBe(table.rest);
  expect(table.overflows).toBe(before);
});

test('a row with a step is not given to another', () => {
  const table = new CostTable(8);
  const row = table.place(1);
  table.steps[row] = 2;
  for (let key = 2; key < 2_000; key += 1) table.place(key);
  expect(table.find(1)).toBe(row);
});

test('what was counted for the rest is taken from there, and nothing else is', () => {
  const table = new CostTable(8);
  for (let key = 1; key <= 8; key += 1) table.charge(table.place(key), 50_000, 0, 0);
  expect(table.stream(99, 1)).toBe(true);
  for (let s = 0; s < 120; s += 1) table.turn(1);
  expect(table.place(99)).not.toBe(table.rest);
  expect(table.listeners(table.rest)).toBeGreaterThan(0.9);
  // One whose row was given away takes nothing from the rest.
  table.stream(12_345, -1);
  table.turn(1);
  expect(table.listeners(table.rest)).toBeGreaterThan(0.9);
  table.stream(99, -1, true);
  table.turn(1);
  expect(table.listeners(table.rest)).toBe(0);
});
