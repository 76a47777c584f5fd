import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePlayer, heard, listenIn, openChromium, openEarServer } from './ear.ts';
import { openStallingProxy, STALLING } from './rig/stalling-proxy.ts';

const RATE = 48_000;
/** Three times as many stalls as in the field, so that the player meets them within two minutes. */
const HURRY = 3;
const LEARNING_MS = 30_000;
const MEASURED_MS = 20_000;
/** Limit of the seconds of silence in the measured part. */
const MOST = { mild: 0.02, train: 0.3, tunnel: 1.5 } as const;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let browser: Browser;
let player: string;
beforeAll(async () => {
  [browser, player] = await Promise.all([openChromium(), bundlePlayer()]);
}, 60_000);
afterAll(() => browser?.close());

// Repeated once, because on a very busy machine Chromium's own audio thread starves.
describe.concurrent('behind a network that stalls now and then', { retry: 1 }, () => {
  test.each(['mild', 'train', 'tunnel'] as const)(
    '%s: the player learns to buffer more, and is not silent',
    async (mode) => {
      await using server = await openEarServer(player);
      const page = await (await browser.newContext()).newPage();
      const stalling = STALLING[mode];
      await using proxy = await openStallingProxy(server.url, { ...stalling, every: stalling.every / HURRY });
      await page.goto(`${proxy.url}/`);
      await listenIn(page, { slug: 'tone', share: false });
      await page.evaluate(() => (window as any).player.play());
      await wait(LEARNING_MS);
      await heard(page);
      const before = proxy.stood;
      await wait(MEASURED_MS);
      const { samples, silent, stats } = await heard(page);
      expect(proxy.stood - before).toBeGreaterThan(stalling.least);
      expect(samples).toBeGreaterThan((MEASURED_MS / 1000 - 1) * RATE);
      expect(silent / RATE).toBeLessThanOrEqual(MOST[mode]);
      expect(stats.jumps).toBe(0);
      expect(stats.margin).toBeGreaterThan(stalling.least);
      await page.context().close();
    },
  );
});
