import { expect, test } from 'vitest';
import type { TicketCounts } from '../wire/queue.ts';
import { Buckets } from './buckets.ts';

const countedBy = (life: string, tickets: number): TicketCounts => ({
  life,
  came: 0,
  buckets: [{ minute: 1, tickets, came: 0, left: 0 }],
});
const tickets = (buckets: Buckets): number => buckets.all().reduce((sum, bucket) => sum + bucket.tickets, 0);

test('a machine of a hundred doors: each counts once, whether it has anything new to report or not', () => {
  const buckets = new Buckets();
  for (let second = 1; second <= 400; second += 1)
    for (let door = 0; door < 100; door += 1) {
      const life = `door-${door} 1`;
      if (second === 1 || door < 50) buckets.take(countedBy(life, second), second * 1_000);
      else buckets.heard(life, second * 1_000);
    }
  expect(tickets(buckets)).toBe(50 * 400 + 50);
  expect(buckets.counts().lives).toHaveLength(100);
});

test('past lives of doors are added up, also those before a restart; none counts twice', () => {
  let buckets = new Buckets();
  for (let n = 0; n < 200; n += 1) buckets.take(countedBy(`door-0 ${n}`, 1), n * 1_000);
  expect(tickets(buckets)).toBe(200);
  buckets = new Buckets(JSON.parse(JSON.stringify(buckets.counts())));
  // Only the last of them still speaks.
  for (let second = 0; second < 300; second += 1) {
    buckets.take(countedBy('door-0 199', 1 + second), 5_000_000 + second * 1_000);
    expect(tickets(buckets)).toBe(200 + second);
  }
  expect(buckets.counts().lives.length).toBeLessThanOrEqual(64);
  expect(buckets.counts().before).toMatchObject([{ minute: 1, tickets: 136 }]);
});

test('a door that dies again and again cannot fill the memory', () => {
  const buckets = new Buckets();
  for (let n = 0; n < 3_000; n += 1) buckets.take(countedBy(`door-0 ${n}`, 1), n);
  expect(buckets.counts().lives.length).toBeLessThanOrEqual(1_025);
  expect(tickets(buckets)).toBe(3_000);
});
