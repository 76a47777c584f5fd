/** The player inside a page of another site: it is heard, seen and counted there, and nothing else of ours can be framed. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embedCode } from '../src/wire/listening/embed-code.ts';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { hiddenAtOnce, openBareChromium } from './bare-chromium.ts';
import { type AudienceEar, openAudienceEar } from './rig/audience-ear.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** A browser without a screen does not count, so it says what one with a screen would say. */
const AGENT =
  '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';
const VIEW = { width: 900, height: 500 };
/** Events are sent in batches of this age, and a little for the way. */
const TOLD_MS = 2_500;
/** A page that is open is counted at the end of a slot of 10 s, and one that was left until its third one has passed. */
const IN_ROOM_MS = 60_000;

let server: Server;
let browser: Browser;
let room: MadeRoom;
/** The other site: each path is a page that was put there. */
let site: HttpServer;
const pages = new Map<string, string>();
const siteUrl = (path: string, html: string): string => {
  pages.set(path, html);
  // Another site than 127.0.0.1, so that browsers keep them in processes of their own.
  return `http://localhost:${(site.address() as AddressInfo).port}${path}`;
};
const framed = (at: string, above = 0, { slug } = room): string =>
  `<!doctype html><meta charset="utf-8"><title>A newspaper</title><body style="margin:0">
<div style="height:${above}px">Above</div>${embedCode(`${at}/r/${slug}`, 'A “room” & more')}<div style="height:2000px">Below</div>`;

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2' });
  room = await server.room('Embedded & heard');
  browser = await startBrowser({ flags: [AGENT], viewport: VIEW });
  site = createServer((req, res) => {
    const html = pages.get((req.url ?? '').split('?')[0] ?? '');
    res.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html);
  });
  site.listen(0);
  await new Promise((resolve) => site.once('listening', resolve));
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  site?.closeAllConnections();
  site?.close();
});
const openEar = (): Promise<AudienceEar> => openAudienceEar(server.url, () => '');

async function playerIn(page: Page): Promise<Frame> {
  await page.locator('iframe').waitFor();
  await until('the player is there', async () => page.frames().length > 1);
  return page.frames()[1] as Frame;
}
const impressionsOf = (ear: AudienceEar): number =>
  ear.events.filter(({ event }) => event[0] === 'embed-impression').length;
const inRoom = async (of: MadeRoom): Promise<number | undefined> =>
  (await numbers(of))?.metrics.in_room_now?.value;
const numbers = async ({ slug }: MadeRoom): Promise<RoomNumbers | undefined> => {
  const response = await fetch(`${server.url}/r/${slug}/numbers.json`);
  return response.ok ? ((await response.json()) as RoomNumbers) : undefined;
};

test('in a tab behind another one a player was not seen', async () => {
  await using bare = await openBareChromium();
  await using ear = await openEar();
  const impressions = (): number => impressionsOf(ear);
  await hiddenAtOnce(bare, siteUrl('/hidden', framed(ear.url)));
  const before = impressions();
  await wait(5_000);
  expect(impressions() - before).toBe(0);
  // In a tab of its own at the front it is.
  await bare.tab(siteUrl('/shown', framed(ear.url)));
  await until('it was seen', async () => impressions() === before + 1);
}, 120_000);

test('no other page of ours can be framed by another site, and the player is not framed by itself', async () => {
  for (const path of [
    ...[
      '/',
      `/r/${room.slug}`,
      `/r/${room.slug}/studio`,
      `/r/${room.slug}/numbers`,
      `/r/${room.slug}/claims`,
    ],
    ...['/claims', '/verify', '/privacy', '/plan', '/errors'],
  ]) {
    const html = `<!doctype html><iframe src="${server.url}${path}"></iframe>`;
    const page = await browser.page(siteUrl(`/closed-${pages.size}`, html));
    await until(
      'the frame is refused',
      async () => page.frames()[1]?.url().startsWith('chrome-error') === true,
    );
    await page.close();
  }
  const { headers } = await fetch(`${server.url}/embed/r/${room.slug}`);
  expect(headers.get('content-security-policy')).toContain('frame-ancestors *');
  expect(headers.get('permissions-policy')).toContain('microphone=()');
  browser.complaints.length = 0;
}, 120_000);

// Side by side, each with a browser and a room of its own: they wait for signs and minutes.
describe.concurrent('a player on another site', () => {
  test('a player that nobody has scrolled to was not seen; once half of it was for a second, it was, once', async () => {
    await using ear = await openEar();
    await using own = await startBrowser({ flags: [AGENT], viewport: VIEW });
    let before = 0;
    const impressions = (): number => impressionsOf(ear) - before;
    /** Passes by a player that is further down; undefined when the machine stood still while it was in view. */
    const passedBy = async (): Promise<Page | undefined> => {
      const page = await own.page(siteUrl('/far', framed(ear.url, 3_000)));
      await page.evaluate(() => document.querySelector('iframe')?.removeAttribute('loading'));
      await playerIn(page);
      await wait(3_000 + TOLD_MS);
      expect(impressions()).toBe(0);
      // Passing by is no impression.
      // In the page itself: on a busy machine the way there would be a second.
      const longest = await page.evaluate(async () => {
        let most = 0;
        for (const to of [2_900, 0, 2_900, 0]) {
          scrollTo(0, to);
          const from = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 500));
          await new Promise((resolve) => requestAnimationFrame(resolve));
          if (to > 0) most = Math.max(most, performance.now() - from);
        }
        return most;
      });
      if (longest < 850) return page;
      await page.close();
      await wait(TOLD_MS);
      before = impressionsOf(ear);
      return undefined;
    };
    let passed: Page | undefined;
    for (let attempt = 0; attempt < 5 && !passed; attempt++) passed = await passedBy();
    if (!passed) throw new Error('the machine stands still all the time');
    const page = passed;
    // Nor is less than half of it, for however long.
    await page.evaluate(() => scrollTo(0, 3_000 - innerHeight + 80));
    await wait(2_500 + TOLD_MS);
    expect(impressions()).toBe(0);
    await page.evaluate(() => scrollTo(0, 2_900));
    await until('it was seen', async () => impressions() === 1);
    for (const to of [0, 2_900]) {
      await page.evaluate((top) => scrollTo(0, top), to);
      await wait(2_000);
    }
    await wait(TOLD_MS);
    expect(impressions()).toBe(1);
    // It is no visit, and no page that is open on the room.
    expect(new Set(ear.events.map(({ event }) => event[0]))).toEqual(new Set(['embed-impression']));
    expect(ear.wrong).toEqual([]);
  }, 150_000);

  test('it is played by keyboard, counts as heard on another site, and its page does not count as open', async () => {
    const heard = await server.room('Heard elsewhere');
    await using own = await startBrowser({ flags: [AGENT], viewport: VIEW });
    const page = await own.page(siteUrl('/played', framed(server.url, 0, heard)));
    const frame = await playerIn(page);
    await frame.getByRole('button', { name: /^Listen/ }).waitFor();
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press('Tab');
      if (await frame.evaluate(() => document.activeElement?.classList.contains('main') === true)) break;
    }
    await page.keyboard.press('Enter');
    await until('sound plays', () =>
      frame.evaluate(() =>
        [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 0),
      ),
    );
    await frame.getByRole('button', { name: 'Pause' }).waitFor();
    await until(
      'a minute of it counts',
      async () => (await numbers(heard))?.metrics.embed_listens?.value === 1,
      150_000,
    );
    const { metrics } = (await numbers(heard)) as RoomNumbers;
    expect(metrics.tuned_in_live?.value).toBe(1);
    expect(metrics.listeners_now?.value).toBe(1);
    expect(metrics.embed_impressions?.value).toBe(1);
    expect(metrics.join_success?.value).toBe(1);
    expect(metrics.visits?.value ?? 0).toBe(0);
    expect(metrics.in_room_now).toBeUndefined();
    expect(own.complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
  }, 240_000);

  test('pages that are open on the room are counted, the studio too, whatever door they speak to', async () => {
    const held = await server.room('Held open');
    await using own = await startBrowser({ flags: [AGENT], viewport: VIEW });
    for (const url of [`${server.url}/r/${held.slug}`, `${server.url}/r/${held.slug}`, held.studio])
      await own.page(url);
    await until('three are open', async () => (await inRoom(held)) === 3, IN_ROOM_MS);
    // For as long as two more signs of each: no more and no less at any time.
    const seen = new Set<number | undefined>();
    for (const end = performance.now() + 60_000; performance.now() < end; await wait(1_000)) {
      // A door that is too busy for numbers says nothing about how many there are.
      const now = await numbers(held).catch(() => undefined);
      if (now) seen.add(now.metrics.in_room_now?.value);
    }
    expect([...seen]).toEqual([3]);
  }, 200_000);

  test('a page that was left is no longer counted once its sign is over', async () => {
    const left = await server.room('Left');
    await using own = await startBrowser({ flags: [AGENT], viewport: VIEW });
    const open = [
      await own.page(`${server.url}/r/${left.slug}`),
      await own.page(`${server.url}/r/${left.slug}`),
      await own.page(left.studio),
    ];
    await until('three are open', async () => (await inRoom(left)) === 3, IN_ROOM_MS);
    await open[0]?.close();
    await until('two are open', async () => (await inRoom(left)) === 2, IN_ROOM_MS);
    for (const page of open.slice(1)) await page.close();
    await until('none is open', async () => (await inRoom(left)) === 0, IN_ROOM_MS);
  }, 250_000);
});

test('without scripts there is sound, and in a narrow frame everything fits', async () => {
  await using plain = await startBrowser({ javaScript: false, viewport: { width: 320, height: 600 } });
  const bare = await plain.page(`${server.url}/embed/r/${room.slug}`);
  expect(await bare.locator('audio source').first().getAttribute('src')).toBe(`/r/${room.slug}/radio.mp3`);
  expect(await bare.getByRole('link', { name: 'Embedded & heard' }).getAttribute('target')).toBe('_blank');
  for (const [width, locale] of [
    [240, 'en-GB'],
    [300, 'fr-FR'],
  ] as const) {
    await using narrow = await startBrowser({ locale, viewport: { width, height: 300 } });
    const page = await narrow.page(`${server.url}/embed/r/${room.slug}`);
    await page.locator('.button.main').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale.slice(0, 2));
  }
}, 60_000);

test('other sites find the player by oEmbed, and visitors find its code on the room’s page', async () => {
  const asked = new URL(`${server.url}/oembed`);
  asked.searchParams.set('url', `${server.url}/r/${room.slug}`);
  const found = (await (await fetch(asked)).json()) as { html: string; title: string; type: string };
  expect(found).toMatchObject({ type: 'rich', title: 'Embedded & heard', version: '1.0' });
  expect(found.html).toContain(`src="${server.url}/embed/r/${room.slug}"`);
  const page = await browser.page(`${server.url}/r/${room.slug}`);
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy code for another site' }).click();
  await page.getByRole('button', { name: 'Code copied' }).waitFor();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  expect(code).toBe(embedCode(`${server.url}/r/${room.slug}`, 'Embedded & heard'));
  await page.close();
}, 60_000);
