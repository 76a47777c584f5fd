/** The player at a real door that changes its delivery: the sound meanwhile, sample by sample. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePlayer, heard, listenIn, openChromium } from './ear.ts';
import { beyond, countStops } from './rig/stops.ts';
import { openToneDoor, type ToneDoor } from './tone-door.ts';

/** The coding of either bitrate deviates less than this from a pure tone; a click of −30 dB is 0.03. */
const CLEAN = 0.02;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async <T>(read: () => Promise<T>, good: (value: T) => boolean, limit: number): Promise<T> => {
  const from = Date.now();
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (Date.now() - from > limit) expect.fail(`still ${JSON.stringify(value)} after ${limit} ms`);
    await wait(50);
  }
};

let browser: Browser;
let player: string;
beforeAll(async () => {
  [browser, player] = await Promise.all([openChromium(), bundlePlayer()]);
}, 60_000);
afterAll(() => browser?.close());

const listen = async (
  door: ToneDoor,
  options: object = {},
  context = browser.newContext(),
): Promise<Page> => {
  const page = await (await context).newPage();
  await page.goto(`${door.url}/`);
  await listenIn(page, { slug: 'tone', base: door.base, share: false, ...options });
  await page.evaluate(async () => {
    const { player } = window as any;
    const scope = window as any;
    scope.seeks = 0;
    scope.rates = [];
    player.audio.addEventListener('seeking', () => scope.seeks++);
    player.audio.addEventListener('ratechange', () => scope.rates.push(player.audio.playbackRate));
    const playing = new Promise<void>((resolve) =>
      player.onChange((state: string) => state === 'playing' && resolve()),
    );
    await player.play();
    await playing;
  });
  await wait(1500);
  await heard(page);
  await page.evaluate(() => {
    (window as any).seeks = 0;
  });
  return page;
};
const bandwidth = (door: ToneDoor): number =>
  Number(/stream_sent_bytes_total (\d+)/.exec(door.door.metrics())?.[1]);
const writes = (door: ToneDoor): number => Number(/stream_writes_total (\d+)/.exec(door.door.metrics())?.[1]);
const told = (page: Page) =>
  page.evaluate(() => {
    const scope = window as any;
    return {
      ...scope.player.stats(),
      place: scope.player.place,
      behind: scope.player.behind,
      seeks: scope.seeks,
      rates: scope.rates,
    };
  });

describe.concurrent('the player at a door that changes its delivery', { retry: 1 }, () => {
  test('writes every 320, 1,280, 2,560 and again 320 ms: no gap, no wait, no seek', async () => {
    await using door = await openToneDoor(player);
    // An extra margin for short stalls of the machine; the test measures the difference.
    const page = await listen(door, { margin: 1.5 });
    const stops = countStops();
    for (const period of [1280, 2560, 320]) {
      door.delivery = { period };
      const stillAt = async () => {
        const before = writes(door);
        await wait(5200);
        return writes(door) - before;
      };
      await until(stillAt, (n) => n >= 5120 / period - 1 && n <= 5200 / period + 2, 45_000);
      const { gaps, stats } = await heard(page);
      const { seeks, rates } = await told(page);
      const [ours, waits] = [beyond(gaps, stops()), beyond(stats.waits, stops())];
      expect({ period, ours, waits, jumps: stats.jumps, seeks }).toEqual({
        ...{ period, ours: 0, waits: 0, jumps: 0, seeks: 0 },
      });
      expect(Math.min(1, ...rates)).toBeGreaterThanOrEqual(0.92);
      expect(Math.max(1, ...rates)).toBeLessThanOrEqual(1.04);
    }
    await page.context().close();
  });

  test('64 to 16 to 64 kbit/s, the lower one not encoded at first: spliced without a gap or a click', async () => {
    await using door = await openToneDoor(player);
    door.coded.delete('opus16');
    const page = await listen(door, { margin: 1 });
    const stops = countStops();
    door.delivery = { period: 320, ceiling: 16_000 };
    await wait(1500);
    // The available rendition continues, and the needed one is requested.
    expect(door.door.counts().get('tone')?.wanted.toSorted()).toEqual(['opus16', 'opus64']);
    door.coded.add('opus16');
    await wait(1500);
    const rate = async (): Promise<number> => {
      const before = bandwidth(door);
      const from = performance.now();
      await wait(3200);
      return ((bandwidth(door) - before) * 8) / (performance.now() - from);
    };
    expect(await rate()).toBeLessThan(32);
    door.delivery = { period: 320 };
    await wait(1500);
    expect(await rate()).toBeGreaterThan(48);
    const { gaps, residual, peak, stats } = await heard(page);
    const { seeks } = await told(page);
    const [ours, waits] = [beyond(gaps, stops()), beyond(stats.waits, stops())];
    expect({ ours, waits, jumps: stats.jumps, seeks }).toEqual({
      ...{ ours: 0, waits: 0, jumps: 0, seeks: 0 },
    });
    expect(residual).toBeLessThan(CLEAN);
    expect(peak).toBeGreaterThan(0.1);
    await page.context().close();
  });

  test('a listener on the delayed stream is half a minute behind, and moves up with one clean jump', async () => {
    await using door = await openToneDoor(player);
    door.place = 'ring';
    const page = await listen(door, { margin: 1 });
    const stops = countStops();
    const before = await told(page);
    expect(before).toMatchObject({ place: 'ring' });
    expect(before.behind).toBeGreaterThan(30);
    expect(before.behind).toBeLessThan(38);
    await wait(6000);
    const waited = await heard(page);
    expect([beyond(waited.gaps, stops()), beyond(waited.stats.waits, stops())]).toEqual([0, 0]);
    expect(door.door.live('tone')).toBe(0);
    expect(door.door.promote('tone', 5)).toBe(1);
    expect(door.door.live('tone')).toBe(1);
    const after = await until(
      () => told(page),
      ({ place, behind, seeks }) => place === 'live' && behind < 3 && seeks > 0,
      5000,
    );
    const waits = beyond(after.waits, stops());
    expect({ jumps: after.jumps, seeks: after.seeks, waits }).toEqual({ jumps: 1, seeks: 1, waits: 0 });
    await heard(page);
    await wait(3000);
    const { gaps, residual } = await heard(page);
    expect(beyond(gaps, stops())).toBe(0);
    expect(residual).toBeLessThan(CLEAN);
    await page.context().close();
  });

  test('tabs that share a connection are notified, slow down and move up together', async () => {
    await using door = await openToneDoor(player);
    door.place = 'ring';
    const context = browser.newContext();
    const one = await listen(door, { share: true }, context);
    const two = await listen(door, { share: true }, context);
    expect(door.door.presence().get('tone')).toBe(1);
    expect(await told(two)).toMatchObject({ place: 'ring' });
    door.door.promote('tone', 1);
    for (const page of [one, two])
      await until(
        () => told(page),
        ({ place, behind }) => place === 'live' && behind < 3,
        5000,
      );
    door.delivery = { period: 640 };
    for (const page of [one, two])
      await until(
        () => told(page),
        ({ rate }) => rate < 0.99,
        8000,
      );
    await (await context).close();
  });
});
