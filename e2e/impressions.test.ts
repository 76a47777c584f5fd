/** When a room's card on the home page counts as seen: half of it, in a visible tab, for a second without a break. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hiddenAtOnce, openBareChromium } from './bare-chromium.ts';
import { type AudienceEar, openAudienceEar } from './rig/audience-ear.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const ROOMS = 16;
/** Events are sent in batches of this age, and a little for the way. */
const TOLD_MS = 2_500;

let server: Server;
let browser: Browser;
const rooms: MadeRoom[] = [];
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  for (let n = 0; n < ROOMS; n++) {
    const body = JSON.stringify({
      title: `Card number ${n}`,
      start: new Date(Date.now() + (n + 1) * 86_400_000).toISOString(),
    });
    const headers = { 'content-type': 'application/json' };
    // The command line would take longer than the tests.
    const response = await fetch(`${server.url}/api/rooms`, { method: 'POST', headers, body });
    expect(response.status).toBe(201);
    rooms.push((await response.json()) as MadeRoom);
  }
  browser = await startBrowser({ viewport: { width: 900, height: 500 } });
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});
const openEar = (): Promise<AudienceEar> => openAudienceEar(server.url, () => '');

/** Computes in each frame, from the cards' places alone, what has been seen by the definition; in every page. */
function oracle(): void {
  const since = new Map<string, number>();
  const seen: Record<string, true> = {};
  const margins: Record<string, number> = {};
  const frames = { longest: 0, last: performance.now() };
  Object.assign(window, { seenCards: seen, cardMargins: margins, cardFrames: frames });
  const look = (): void => {
    const now = performance.now();
    frames.longest = Math.max(frames.longest, now - frames.last);
    frames.last = now;
    for (const link of document.querySelectorAll('#rooms li h3 a')) {
      const slug = link.getAttribute('href')?.slice(3) ?? '';
      const box = (link.closest('li') as Element).getBoundingClientRect();
      const view = window.visualViewport as VisualViewport;
      const wide = Math.min(box.right, view.offsetLeft + view.width) - Math.max(box.left, view.offsetLeft);
      const high = Math.min(box.bottom, view.offsetTop + view.height) - Math.max(box.top, view.offsetTop);
      const share = (Math.max(0, wide) * Math.max(0, high)) / (box.width * box.height);
      if (share >= 0.5 && document.visibilityState === 'visible') {
        if (!since.has(slug)) since.set(slug, now);
        const lasted = now - (since.get(slug) ?? now);
        margins[slug] = Math.max(margins[slug] ?? 0, lasted);
        if (lasted >= 1_000) seen[slug] = true;
      } else since.delete(slug);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

interface OracleWindow {
  readonly seenCards: Record<string, true>;
  readonly cardMargins: Record<string, number>;
  /** The longest time between two frames, ms: neither of the two can know what happened within it. */
  readonly cardFrames: { readonly longest: number };
}
/** By so much the page and this test may differ about how long a card was in view, beside the longest frame, ms. */
const UNSURE_MS = 60;

/** What a page told, and what it should have told; cards that were in view for about a second are left out. */
async function compare(page: Page, ear: AudienceEar): Promise<{ told: string[]; meant: string[] }> {
  await wait(TOLD_MS);
  // What is still on its way comes late on a busy machine; what was told too much stays told.
  const end = performance.now() + 15_000;
  for (;;) {
    const now = await compareNow(page, ear);
    if (now.told.join() === now.meant.join() || performance.now() > end) return now;
    await wait(500);
  }
}

async function compareNow(page: Page, ear: AudienceEar): Promise<{ told: string[]; meant: string[] }> {
  const { seenCards, cardMargins, cardFrames } = await page.evaluate(() => {
    const { seenCards, cardMargins, cardFrames } = window as unknown as OracleWindow;
    return { seenCards, cardMargins, cardFrames };
  });
  const within = UNSURE_MS + cardFrames.longest;
  const unsure = new Set(
    Object.entries(cardMargins).flatMap(([slug, ms]) => (Math.abs(ms - 1_000) < within ? [slug] : [])),
  );
  const sure = (slugs: Iterable<string>): string[] =>
    [...slugs].filter((slug) => !unsure.has(slug)).toSorted();
  return { told: sure(ear.events.map(({ slug }) => slug)), meant: sure(Object.keys(seenCards)) };
}

async function home(ear: AudienceEar): Promise<Page> {
  const page = await browser.context.newPage();
  await page.addInitScript(oracle);
  await page.goto(ear.url);
  await page
    .locator('#rooms li h3')
    .nth(ROOMS - 1)
    .waitFor();
  return page;
}

/** To where the window is full of cards. */
const toCards = (page: Page): Promise<void> =>
  page.evaluate(() => document.querySelectorAll('#rooms li')[4]?.scrollIntoView({ block: 'center' }));

/** Positions and pauses: scrolled slowly, in leaps, back and forth, and at random; the same in every run. */
const TRACES: Readonly<Record<string, readonly (readonly [to: number, ms: number])[]>> = {
  'not at all': [[0, 1_500]],
  'down to the end': [...[300, 600, 900, 1_200].map((to) => [to, 400] as const), [1_500, 1_600]],
  slowly: Array.from({ length: 12 }, (_, n) => [n * 150, 700] as const),
  'back and forth': Array.from({ length: 10 }, (_, n) => [n % 2 === 0 ? 700 : 0, 650] as const),
  'at random': Array.from(
    { length: 14 },
    (_, n) => [(n * 7_919) % 2_000, 200 + ((n * 4_729) % 1_300)] as const,
  ),
};

// Side by side: they wait for seconds in which nothing may happen.
describe.concurrent('cards of rooms', () => {
  test('however somebody scrolls, exactly the cards that were seen are told, once each', async () => {
    const scrolled = async (way: string): Promise<number> => {
      await using ear = await openEar();
      const page = await home(ear);
      for (const [to, ms] of TRACES[way] ?? []) {
        await page.evaluate((top) => scrollTo(0, top), to);
        await wait(ms);
      }
      const { told, meant } = await compare(page, ear);
      expect(told, way).toEqual(meant);
      expect(new Set(told).size).toBe(told.length);
      expect(ear.wrong).toEqual([]);
      await page.close();
      return meant.length;
    };
    const compared = await Promise.all(Object.keys(TRACES).map(scrolled));
    expect(compared.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
  }, 180_000);

  test('a page that is zoomed tells what is within the window', async () => {
    await using ear = await openEar();
    const page = await home(ear);
    await toCards(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 3 });
    await wait(2_500);
    const zoomed = await compare(page, ear);
    expect(zoomed.told).toEqual(zoomed.meant);
    const few = zoomed.told.length;
    await session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 });
    await wait(2_500);
    const whole = await compare(page, ear);
    expect(whole.told).toEqual(whole.meant);
    expect(whole.told.length).toBeGreaterThan(few);
    await page.close();
  }, 60_000);

  test('what is covered is not seen, nor what is being printed', async () => {
    await using ear = await openEar();
    const page = await home(ear);
    await toCards(page);
    await page.evaluate(() => {
      const cover = document.createElement('div');
      cover.id = 'cover';
      cover.style.cssText = 'position:fixed;inset:0;background:#000;z-index:99';
      document.body.append(cover);
    });
    // A card may have been seen in the instant before it was covered, and is told a batch later.
    await wait(1_000 + 2 * TOLD_MS);
    const before = ear.events.length;
    await wait(3_000);
    expect(ear.events.length - before).toBe(0);
    await page.evaluate(() => {
      dispatchEvent(new Event('beforeprint'));
      document.getElementById('cover')?.remove();
    });
    await wait(3_000);
    expect(ear.events.length - before).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await until('what is uncovered is seen', async () => ear.events.length > before);
    await page.close();
  }, 60_000);

  test('the host of a room, and the operator, are no audience of it', async () => {
    await using ear = await openEar();
    const page = await browser.context.newPage();
    const mine = rooms[0] as MadeRoom;
    await page.goto(ear.url);
    await page.evaluate(
      ([slug, link]) =>
        localStorage.setItem('earshot-rooms', JSON.stringify([{ slug, title: 'Mine', link, role: 'host' }])),
      [mine.slug, mine.studio] as const,
    );
    ear.events.length = 0;
    await page.reload();
    await page
      .locator('#rooms li h3')
      .nth(ROOMS - 1)
      .waitFor();
    await page.locator(`#rooms li h3 a[href="/r/${mine.slug}"]`).scrollIntoViewIfNeeded();
    await wait(2_000 + TOLD_MS);
    expect(ear.events.length).toBeGreaterThan(0);
    expect(ear.events.map(({ slug }) => slug)).not.toContain(mine.slug);
    await page.evaluate(() => localStorage.clear());
    await page.evaluate(() => sessionStorage.setItem('earshot-operator', 'key'));
    ear.events.length = 0;
    await page.reload();
    await wait(2_000 + TOLD_MS);
    expect(ear.events).toEqual([]);
    await page.evaluate(() => sessionStorage.clear());
    await page.close();
  }, 60_000);

  test('a hidden tab sees nothing until it is shown', async () => {
    await using ear = await openEar();
    await using bare = await openBareChromium();
    await hiddenAtOnce(bare, ear.url);
    const before = ear.events.length;
    await wait(5_000);
    expect(ear.events.length - before).toBe(0);
  }, 120_000);
});
