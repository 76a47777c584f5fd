import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBareChromium } from './bare-chromium.ts';
import { bundlePlayer, heard, listenIn, openChromium, openEarServer } from './ear.ts';
import { beyond, countStops } from './rig/stops.ts';
import type { ToneServer } from './tone-server.ts';

/** Coding alone deviates at most 0.001 from a pure tone; a click of −40 dB is 0.01. */
const CLEAN = 0.003;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Polls until `good`; fails with the last value after `limit` ms, and a second more for each time the machine stood
 * still. Without a limit of its own a value only has to come.
 */
const until = async <T>(
  read: () => T | Promise<T>,
  good: (value: T) => boolean,
  limit = 30_000,
): Promise<void> => {
  const from = Date.now();
  const stops = countStops();
  for (;;) {
    const value = await read();
    if (good(value)) return;
    if (Date.now() - from > limit + 1000 * stops()) expect.fail(`still ${String(value)} after ${limit} ms`);
    await wait(25);
  }
};

let browser: Browser;
let blocked: Browser;
let player: string;
beforeAll(async () => {
  [browser, blocked, player] = await Promise.all([openChromium(), openChromium(true), bundlePlayer()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([browser?.close(), blocked?.close()]);
});

const serve = (period?: number): Promise<ToneServer> => openEarServer(player, period);
const play = async (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const from = performance.now();
    const { player } = window as any;
    const playing = new Promise<void>((resolve) =>
      player.onChange((state: string) => state === 'playing' && resolve()),
    );
    await player.play();
    await playing;
    return performance.now() - from;
  });
const state = (page: Page): Promise<string> => page.evaluate(() => (window as any).player.state);
const open = async (
  server: ToneServer,
  options: object = {},
  context = browser.newContext(),
): Promise<Page> => {
  const page = await (await context).newPage();
  await page.goto(`${server.url}/`);
  await listenIn(page, { slug: 'tone', ...options });
  return page;
};

// Repeated once, because on a very busy machine Chromium's own audio thread starves.
describe.concurrent('the ear', { retry: 1 }, () => {
  test.each([320, 640, 1280])(
    'plays writes of %i ms without a gap, one margin behind the live edge',
    async (period) => {
      await using server = await serve(period);
      const page = await open(server);
      const idle = countStops();
      expect(await play(page)).toBeLessThan(1500 + 1000 * idle());
      await wait(1000);
      const { stops: before } = await heard(page);
      const stops = countStops();
      await wait(8000);
      const { samples, gaps, residual, peak, stats, stops: theirs } = await heard(page);
      const missed = Math.max(stops(), theirs - before);
      expect(samples).toBeGreaterThan((7.5 - missed) * 48_000);
      const [ours, waits] = [beyond(gaps, missed), beyond(stats.waits, missed)];
      expect({ ours, waits, jumps: stats.jumps }).toEqual({ ours: 0, waits: 0, jumps: 0 });
      expect(residual).toBeLessThan(CLEAN);
      expect(peak).toBeGreaterThan(0.12);
      if (missed === 0) expect(stats.low).toBeGreaterThan(0.1);
      expect(stats.low).toBeLessThan(0.6);
      await page.context().close();
    },
  );

  test('plays AAC where Opus is not in MediaSource', async () => {
    await using server = await serve();
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(() => {
      const real = MediaSource.isTypeSupported.bind(MediaSource);
      MediaSource.isTypeSupported = (type) => !type.includes('opus') && real(type);
    });
    await page.goto(`${server.url}/`);
    await listenIn(page, { slug: 'tone' });
    await play(page);
    await wait(1000);
    const { stops: before } = await heard(page);
    const stops = countStops();
    await wait(3000);
    const { gaps, residual, stops: theirs } = await heard(page);
    expect(server.requests[0]?.searchParams.get('codec')).toBe('aac');
    // The browser may stand still while this process does not.
    expect(beyond(gaps, Math.max(stops(), theirs - before))).toBe(0);
    expect(residual).toBeLessThan(CLEAN);
    await page.context().close();
  });

  test('survives four cut connections without losing a sample', async () => {
    await using server = await serve();
    const page = await open(server, { margin: 1 });
    await play(page);
    await wait(1500);
    const { stops: before } = await heard(page);
    const stops = countStops();
    for (const half of [false, true, false, true]) {
      server.cut(half);
      await wait(2000);
    }
    const { gaps, residual, stats, stops: theirs } = await heard(page);
    expect({
      ours: beyond(gaps, Math.max(stops(), theirs - before)),
      reconnects: stats.reconnects,
      jumps: stats.jumps,
    }).toEqual({
      ours: 0,
      reconnects: 4,
      jumps: 0,
    });
    expect(residual).toBeLessThan(CLEAN);
    expect(server.requests.slice(1).every((url) => url.searchParams.has('after'))).toBe(true);
    await page.context().close();
  });

  test('reports that the server is away, and reconnects by itself after four seconds', async () => {
    await using server = await serve();
    const page = await open(server);
    await play(page);
    await wait(1000);
    server.refuse(503);
    server.cut();
    await until(
      () => state(page),
      (value) => value === 'reconnecting',
      4000,
    );
    await wait(3000);
    server.refuse(0);
    await until(
      () => state(page),
      (value) => value === 'playing',
      9000,
    );
    await heard(page);
    await wait(2000);
    expect((await heard(page)).samples).toBeGreaterThan(1.5 * 48_000);
    await page.context().close();
  });

  test('notices a server that keeps the socket open and sends nothing', async () => {
    await using server = await serve();
    const page = await open(server);
    await play(page);
    await wait(1000);
    server.freeze(true);
    await until(
      () => server.requests.length,
      (value) => value > 1,
      6000,
    );
    server.freeze(false);
    server.cut();
    await until(
      () => state(page),
      (value) => value === 'playing',
      6000,
    );
    await page.context().close();
  });

  test.each([0.3, 3.4])('jumps over a gap in the program, %f s behind the newest sound', async (margin) => {
    await using server = await serve();
    const page = await open(server, { margin });
    await play(page);
    await wait(4000 + margin * 1000);
    await heard(page);
    const stops = countStops();
    server.skip(1);
    await wait(3000 + margin * 1000);
    const { silent, gaps, samples, stats } = await heard(page);
    expect(samples).toBeGreaterThan(2.5 * 48_000);
    // The number of pieces in which the silence is heard depends on the browser: seeking may let a few samples out.
    expect(gaps).toBeGreaterThan(0);
    expect(stats.jumps).toBeGreaterThan(0);
    expect(beyond(stats.jumps, stops())).toBeLessThanOrEqual(1);
    // The missing part, and the time in which a busy machine finds its position again.
    expect(silent / 48_000).toBeLessThan(1);
    await page.context().close();
  });

  test('replaces a decoder that a damaged fragment broke', async () => {
    await using server = await serve();
    const page = await open(server);
    await play(page);
    await wait(1000);
    server.damage();
    await until(
      async () => (await heard(page)).stats.rebuilt,
      (value) => value > 0,
      6000,
    );
    await until(
      () => state(page),
      (value) => value === 'playing',
      6000,
    );
    await page.context().close();
  });

  test('shares one connection between eight tabs, and another tab takes over when the first closes', async () => {
    await using server = await serve();
    const context = await browser.newContext();
    const pages: Page[] = [];
    for (let i = 0; i < 8; i++) {
      const page = await open(server, {}, Promise.resolve(context));
      await play(page);
      pages.push(page);
    }
    await until(
      () => server.open,
      (value) => value === 1,
    );
    // If each tab held a connection, the browser would have none left for this one, for as long as they play.
    const ninth = await context.newPage();
    await ninth.goto(`${server.url}/`);
    await wait(1500);
    const stops = countStops();
    const before = new Map<Page, number>();
    for (const page of pages) before.set(page, (await heard(page)).stops);
    await pages[0]!.close();
    await wait(3000);
    await until(
      () => server.open,
      (value) => value === 1,
    );
    for (const page of pages.slice(1)) {
      const { samples, gaps, stats, stops: theirs } = await heard(page);
      const missed = Math.max(stops(), theirs - (before.get(page) ?? 0));
      expect({ ours: beyond(gaps, missed), jumps: stats.jumps }).toEqual({ ours: 0, jumps: 0 });
      expect(samples).toBeGreaterThan((2 - missed) * 48_000);
    }
    const leads = await Promise.all(pages.slice(1).map(async (page) => (await heard(page)).stats.leads));
    expect(leads.filter(Boolean)).toHaveLength(1);
    await context.close();
  });

  test('keeps playing in a hidden tab', async () => {
    await using server = await serve();
    await using bare = await openBareChromium();
    const tab = await bare.tab(`${server.url}/`);
    await tab.run(
      `new Promise((ready) => { const look = () => window.openPlayer ? ready() : setTimeout(look, 20); look(); })`,
    );
    await tab.run(`player = openPlayer({ slug: 'tone' }); player.play()`);
    await wait(1000);
    await bare.tab(`${server.url}/`);
    await until(
      () => tab.run('document.visibilityState'),
      (visibility) => visibility === 'hidden',
    );
    // All of it at one instant of the page: the way there may take as long as the machine likes.
    interface Look {
      readonly at: number;
      readonly now: number;
      readonly waits: number;
      readonly jumps: number;
    }
    const look = (): Promise<Look> =>
      tab.run<Look>(
        `(({ waits, jumps }) => ({ at: player.audio.currentTime, now: performance.now(), waits, jumps }))(player.stats())`,
      );
    const before = await look();
    const stops = countStops();
    await wait(8000);
    const after = await look();
    const played = after.at - before.at;
    const missed = stops();
    expect(Math.abs(played - (after.now - before.now) / 1000)).toBeLessThan(0.3 + missed);
    expect(beyond(after.waits - before.waits, missed)).toBe(0);
    expect(after.jumps - before.jumps).toBe(0);
    expect(await tab.run('document.visibilityState')).toBe('hidden');
  });

  test('asks for a tap where the browser requires one, closes the stream, and plays after the tap', async () => {
    await using server = await serve();
    const page = await (await blocked.newContext()).newPage();
    // An init script has no user activation; everything that playwright evaluates has. So the state is read from the
    // title.
    await page.addInitScript(() => {
      addEventListener('load', () => {
        const scope = window as any;
        scope.player = scope.openPlayer({ slug: 'tone' });
        scope.player.onChange((state: string) => {
          document.title = state;
        });
        addEventListener('click', () => scope.player.play());
        scope.player.play();
      });
    });
    await page.goto(`${server.url}/`);
    await until(
      () => page.title(),
      (title) => title === 'blocked',
    );
    await until(
      () => server.open,
      (open) => open === 0,
    );
    await page.mouse.click(20, 20);
    await until(
      () => state(page),
      (value) => value === 'playing',
    );
    await page.context().close();
  });

  test('pause closes the connection and play returns to the live edge', async () => {
    await using server = await serve();
    const page = await open(server);
    await play(page);
    await wait(500);
    await page.evaluate(() => (window as any).player.pause());
    await until(
      () => server.open,
      (value) => value === 0,
    );
    await wait(1500);
    await play(page);
    await wait(300);
    expect(server.requests.at(-1)?.searchParams.has('after')).toBe(false);
    expect(await page.evaluate(() => (window as any).player.behind)).toBeLessThan(0.9);
    await page.context().close();
  });

  test('plays what is buffered and ends when the program ends', async () => {
    await using server = await serve();
    const page = await open(server);
    await play(page);
    await wait(1000);
    server.end();
    await until(
      () => state(page),
      (value) => value === 'ended',
      5000,
    );
    await page.context().close();
  });
});
