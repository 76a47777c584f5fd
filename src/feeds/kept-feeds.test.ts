import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { epochMs } from '../base/time.ts';
import { FEED_FRESH_MS, feedAnswer, openKeptFeeds } from './kept-feeds.ts';

function feeds() {
  const clock = manualClock(epochMs(Date.UTC(2026, 11, 1, 20)));
  const kept = openKeptFeeds(clock);
  const state = { text: 'one', made: 0 };
  const get = (name = 'a') =>
    kept.get(name, async () => {
      state.made += 1;
      return state.text;
    });
  const ask = async (asked: Record<string, string> = {}) => feedAnswer(await get(), asked, { vary: 'x' });
  return { clock, state, get, ask };
}

test('a feed is made once for all who ask within some seconds', async () => {
  const { clock, state, get } = feeds();
  await Promise.all(Array.from({ length: 1_000 }, () => get()));
  expect(state.made).toBe(1);
  clock.advance(FEED_FRESH_MS - 1);
  await get();
  expect(state.made).toBe(1);
  clock.advance(1);
  await get();
  expect(state.made).toBe(2);
  await get('b');
  expect(state.made).toBe(3);
});

test('however many feeds are asked for, so many are kept', async () => {
  const { state, get } = feeds();
  for (let n = 0; n < 1_000; n++) await get(`name ${n}`);
  expect(state.made).toBe(1_000);
  await get('name 999');
  expect(state.made).toBe(1_000);
  await get('name 0');
  expect(state.made).toBe(1_001);
});

test('of large feeds fewer are kept, the newest among them', async () => {
  const { state, get } = feeds();
  state.text = 'x'.repeat(5_000_000);
  for (let n = 0; n < 20; n++) await get(`name ${n}`);
  for (const n of [19, 18, 17, 16]) await get(`name ${n}`);
  expect(state.made).toBe(20);
  await get('name 10');
  expect(state.made).toBe(21);
});

test('what failed is tried again with the next question', async () => {
  const clock = manualClock();
  const kept = openKeptFeeds(clock);
  await expect(kept.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(Buffer.from((await kept.get('a', async () => 'there')).bytes).toString()).toBe('there');
});

test('whoever has a feed is told so, by its tag or by its time, until it changes', async () => {
  const { clock, state, ask } = feeds();
  const first = await ask();
  expect(first).toMatchObject({ status: 200, headers: { vary: 'x' } });
  const { etag = '', 'last-modified': at = '' } = first.headers;
  expect(Date.parse(at)).toBe(clock.wall());
  expect(await ask({ 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
  expect(await ask({ 'if-modified-since': at })).toMatchObject({ status: 304 });
  // A tag counts, whatever time stands beside it.
  expect(await ask({ 'if-none-match': '"other"', 'if-modified-since': at })).toMatchObject({ status: 200 });
  expect(await ask({ 'if-modified-since': 'yesterday' })).toMatchObject({ status: 200 });
  clock.advance(FEED_FRESH_MS);
  expect(await ask({ 'if-modified-since': at })).toMatchObject({ status: 304 });
  clock.advance(FEED_FRESH_MS);
  state.text = 'two';
  expect(await ask({ 'if-none-match': etag })).toMatchObject({ status: 200 });
  expect(await ask({ 'if-modified-since': at })).toMatchObject({ status: 200 });
});

test('each coding has a tag of its own, and holds the same text', async () => {
  const { ask } = feeds();
  const [plain, gzip, br] = await Promise.all(
    ['', 'gzip', 'gzip, br'].map((one) => ask({ 'accept-encoding': one })),
  );
  expect(new Set([plain, gzip, br].map((one) => one?.headers.etag)).size).toBe(3);
  expect([plain, gzip, br].map((one) => one?.headers['content-encoding'])).toEqual([undefined, 'gzip', 'br']);
});
