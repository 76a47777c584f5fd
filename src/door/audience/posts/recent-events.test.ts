import { expect, test } from 'vitest';
import { chance } from '../../../../test/chance.ts';
import { RecentEvents, viewWords } from './recent-events.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const words = (post: number) => ({ low: post >>> 0, high: Math.floor(post / 2 ** 32) });

test('an event is new once, as a set of all that is told apart says', () => {
  const random = chance(3);
  const recent = new RecentEvents(65_536);
  const seen = new Set<string>();
  // Few of each, that differ in one letter of any place or in one bit of any word, so that most come again.
  const views = Array.from({ length: 11 * 4 }, (_, n) => {
    const letters = [...'AAAAAAAAAAA'];
    letters[n % 11] = LETTERS[Math.floor(n / 11) * 21] as string;
    return letters.join('');
  });
  const posts = Array.from({ length: 53 }, (_, bit) => 2 ** bit);
  let again = 0;
  for (let n = 0; n < 30_000; n += 1) {
    const view = views[Math.floor(random() * views.length)] as string;
    const post = posts[Math.floor(random() * posts.length)] as number;
    const event = Math.floor(random() * 4);
    const key = `${view} ${event} ${post}`;
    const isNew = recent.isNew(viewWords(view), event, words(post));
    if (isNew === seen.has(key)) expect([key, isNew]).toEqual([key, !seen.has(key)]);
    if (!isNew) again += 1;
    seen.add(key);
  }
  expect(again).toBeGreaterThan(20_000);
});

test('of many the newest half is remembered, and the oldest are forgotten', () => {
  const recent = new RecentEvents(256);
  const at = (n: number) => viewWords(n.toString(36).padStart(11, 'A'));
  const post = words(7);
  for (let n = 0; n < 10_000; n += 1) {
    expect(recent.isNew(at(n), 0, post)).toBe(true);
    for (let back = 0; back < 128 && back <= n; back += 31)
      expect([n, back, recent.isNew(at(n - back), 0, post)]).toEqual([n, back, false]);
  }
  expect(recent.isNew(at(0), 0, post)).toBe(true);
});
