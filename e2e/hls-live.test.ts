import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { startBrowser } from './rig/browser.ts';
import { beyond, countBrowserStops, countStops } from './rig/stops.ts';

let dir: string;
let air: Broadcast;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-hls-live-'));
  air = await broadcast(dir, ['opus64', 'aac96', 'aac64'], { age: 14_000 });
});
afterAll(async () => {
  await air?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

describe('LL-HLS', () => {
  it('releases each part when it is complete, and its playlist right after', async () => {
    const lags: number[] = [];
    const first = await (await fetch(`${air.url}/live/opus64.m3u8`)).text();
    let [, msn = 0, part = 0] = (
      /PRELOAD-HINT:TYPE=PART,URI="opus64\/(\d+)\.(\d+)\.m4s"/.exec(first) ?? []
    ).map(Number);
    let before = performance.now();
    for (let n = 0; n < 12; n++) {
      const response = await fetch(`${air.url}/live/opus64.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`);
      expect(await response.text()).toContain(`opus64/${msn}.${part}.m4s`);
      lags.push(performance.now() - before);
      before = performance.now();
      expect((await fetch(`${air.url}/live/opus64/${msn}.${part}.m4s`)).status).toBe(200);
      part++;
      if (part === 8) [msn, part] = [msn + 1, 0];
    }
    // The pace of the program: 640 ms from one part to the next.
    const pace = lags.slice(2).reduce((a, b) => a + b, 0) / (lags.length - 2);
    expect(pace).toBeGreaterThan(560);
    expect(pace).toBeLessThan(720);
  });
});

describe('hls.js in Chromium', () => {
  const LISTENS_MS = 25_000;

  it('plays 25 s in low latency without an error, a wait or a hole', async () => {
    await using browser = await startBrowser();
    const page = await browser.page(new URL('/hls.html', air.url).href);
    await page.waitForFunction(
      () =>
        (document.querySelector('audio')?.currentTime ?? 0) > 0 && !document.querySelector('audio')?.paused,
    );
    // Interruptions while it finds the live edge are allowed; afterwards there must be none.
    await page.waitForTimeout(3000);
    const look = () =>
      page.evaluate(() => {
        const { audio, hls, events } = window as unknown as {
          audio: HTMLAudioElement;
          hls: { latency: number; playingDate: Date | null };
          events: string[];
        };
        const now = Date.now();
        return {
          at: audio.currentTime,
          now,
          latency: hls.latency,
          date: hls.playingDate?.getTime() ?? 0,
          events: [...events],
          ranges: audio.buffered.length,
        };
      });
    const [stops, theirs] = [countStops(), await countBrowserStops(page)];
    const before = await look();
    await page.waitForTimeout(LISTENS_MS);
    const after = await look();
    // It has two parts buffered, and waits when the machine itself is stalled for longer.
    const events = after.events.slice(before.events.length);
    const waits = events.filter((event) => /^(waiting|stalled)|bufferStalledError|bufferNudge/.test(event));
    expect(events.filter((event) => !waits.includes(event))).toEqual([]);
    const missed = Math.max(stops(), await theirs());
    expect(beyond(waits.length, 3 * missed), waits.join()).toBe(0);
    expect(after.ranges).toBe(1);
    const played = (after.at - before.at) * 1000;
    // It begins up to a second further behind than it wants to be and catches up by playing faster:
    // what it played beyond the time that passed is what it is nearer to the live edge, and no more.
    const caughtUp = after.date - before.date - (after.now - before.now);
    expect(Math.abs(played - (after.date - before.date))).toBeLessThan(100);
    // While the machine stands still nothing is played.
    expect(caughtUp).toBeGreaterThan(-300 - 1000 * missed);
    expect(caughtUp).toBeLessThan(1500);
    // Behind the end of the last part by its hold-back of 1.92 s, plus one part at most.
    expect(after.now - after.date).toBeGreaterThan(1000);
    expect(after.now - after.date).toBeLessThan(3500 + 1000 * missed);
  });
});
