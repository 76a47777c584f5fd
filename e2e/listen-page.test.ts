import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_HEADERS } from '../src/door/answer/send.ts';
import { loadManifest, openPages } from '../src/door/index.ts';
import { deliveryAt, fullDelivery } from '../src/wire/delivery.ts';
import type { RoomCard, RoomState } from '../src/wire/room.ts';
import { openChromium } from './ear.ts';
import { DIST, TYPES } from './rig/built.ts';
import { openToneServer, type ToneServer } from './tone-server.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const person = (name: string, speaking = false) =>
  ({ id: name, name, role: 'host', speaking, muted: !speaking, connected: true }) as const;

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
}, 60_000);
afterAll(() => browser?.close());

/** A room whose state the test controls; undefined makes `state.json` fail. */
interface Shown {
  state: RoomState | undefined;
}

const roomState = (over: Partial<RoomState>): RoomState => ({
  v: 1,
  at: Date.now(),
  slug: 'tone',
  title: 'One pure tone',
  hosts: ['Ana Kovač'],
  status: 'live',
  clocks: { opened: Date.now() - 60_000, firstAudio: Date.now() - 59_000 },
  stage: [person('Ana Kovač', true)],
  program: { carries: 'stage', since: Date.now() },
  streams: 3,
  delivery: fullDelivery(320, 0),
  studio: 'here',
  gaps: [],
  ...over,
});

async function serve(shown: Shown): Promise<ToneServer> {
  const pages = openPages({ manifest: await loadManifest(DIST) });
  const first = shown.state as RoomState;
  return openToneServer(320, (_request, response, url) => {
    const { pathname } = url;
    if (pathname.startsWith('/_/')) {
      readFile(DIST + pathname.slice(2)).then(
        (bytes) =>
          response.writeHead(200, { 'content-type': TYPES[pathname.split('.').at(-1) ?? ''] }).end(bytes),
        () => response.writeHead(404).end(),
      );
    } else if (pathname === '/r/tone') {
      response.writeHead(200, PAGE_HEADERS).end(pages.room((shown.state ?? first) as RoomCard, shown.state));
    } else if (pathname === '/r/tone/state.json') {
      if (shown.state) response.end(JSON.stringify({ ...shown.state, at: Date.now() }));
      else response.writeHead(503).end();
    } else return false;
    return true;
  });
}

async function open(server: ToneServer, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
  await page.goto(`${server.url}/r/tone`);
  await page.locator('.keys').waitFor({ state: 'attached' });
  return page;
}
const audio = (page: Page) =>
  page.evaluate(() => {
    const { paused, muted, currentTime } = document.querySelector('audio') as HTMLAudioElement;
    return { paused, muted, currentTime };
  });
const says = (page: Page, words: RegExp | string) => page.locator('.sentence', { hasText: words }).waitFor();

test('a listener presses Listen, hears it, and reads how far behind they are', async () => {
  await using server = await serve({ state: roomState({}) });
  const page = await open(server);
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await says(page, 'Live, about a second behind.');
  expect((await audio(page)).paused).toBe(false);
  // What the page draws comes after what it says: it is waited for, not looked at once.
  await page.locator('.streams', { hasText: /^3 connections listening now$/ }).waitFor();
  await page.locator('.on-stage', { hasText: 'Ana Kovač' }).waitFor();
  await expect.poll(() => page.locator('.row .taken').count(), { timeout: 20_000 }).toBe(3);
  await expect.poll(() => page.locator('.row .own').count(), { timeout: 20_000 }).toBe(1);
  await page.context().close();
});

test('every key of the list does what it says, and the switch turns them off', async () => {
  await using server = await serve({ state: roomState({}) });
  const page = await open(server);
  await page.keyboard.press(' ');
  await says(page, /^Live, about/);
  await page.keyboard.press('m');
  expect((await audio(page)).muted).toBe(true);
  await page.keyboard.press('m');
  expect((await audio(page)).muted).toBe(false);
  await page.keyboard.press('k');
  expect((await audio(page)).paused).toBe(true);
  await page.getByLabel('Keyboard shortcuts').uncheck();
  await page.locator('main').focus();
  await page.keyboard.press('k');
  await wait(300);
  expect((await audio(page)).paused).toBe(true);
  await page.context().close();
});

test('the sound continues when the state of the room cannot be read', async () => {
  const shown: Shown = { state: roomState({}) };
  await using server = await serve(shown);
  const page = await open(server);
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await says(page, /^Live, about/);
  shown.state = undefined;
  const before = (await audio(page)).currentTime;
  await wait(4000);
  expect((await audio(page)).currentTime - before).toBeGreaterThan(3);
  await page.context().close();
});

test('the page follows the room from its doors to its end without being reloaded', async () => {
  const shown: Shown = { state: roomState({ status: 'scheduled', clocks: {}, stage: [] }) };
  await using server = await serve(shown);
  const page = await open(server);
  await says(page, 'Not open yet.');
  expect(await page.getByRole('link', { name: 'Remind me' }).getAttribute('href')).toBe('/r/tone/remind');
  shown.state = roomState({ status: 'open', stage: [], program: { carries: 'standby', since: 0 } });
  await says(page, 'Music until it begins.');
  await page.getByRole('button', { name: 'Listen to the music' }).click();
  shown.state = roomState({});
  await says(page, /^Live, about/);
  shown.state = roomState({
    program: { carries: 'stage', since: 0, deadAir: { cause: 'all-muted', since: Date.now() - 21_000 } },
  });
  await says(page, /^Silence on stage for 2\d s: everyone is muted/);
  shown.state = roomState({ status: 'ended', clocks: { ended: Date.now() }, stage: [] });
  server.end();
  await says(page, /^Ended at/);
  await page.getByRole('button', { name: 'Play replay' }).waitFor();
  expect(await page.getByRole('link', { name: 'Download the recording' }).isVisible()).toBe(true);
  await page.context().close();
});

test.each([320, 390, 1280])(
  'at %i px nothing overflows and every touch target is large enough',
  async (width) => {
    const stage = Array.from({ length: 12 }, (_, i) => person(`Speaker number ${i + 1}`, i % 3 === 0));
    await using server = await serve({
      state: roomState({ stage, title: 'Donaudampfschifffahrtsgesellschaft and the river' }),
    });
    const page = await open(server, { viewport: { width, height: 844 } });
    const { over, small } = await page.evaluate(() => ({
      over: document.documentElement.scrollWidth - innerWidth,
      small: [...document.querySelectorAll<HTMLElement>('button, a, input, select, summary')]
        .filter((node) => node.offsetParent !== null && !node.classList.contains('skip'))
        .map((node) => ({ node, box: (node.closest('label') ?? node).getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 || box.width < 44)
        .map(({ node }) => node.outerHTML.slice(0, 80)),
    }));
    expect(over).toBeLessThanOrEqual(0);
    expect(small).toEqual([]);
    await page.context().close();
  },
);

test('people who read French get French, and their choice is kept', async () => {
  await using server = await serve({ state: roomState({}) });
  const page = await open(server, { locale: 'fr-FR' });
  await page.getByRole('button', { name: 'Écouter' }).click();
  await says(page, 'En direct, avec environ une seconde de décalage.');
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  await page.context().close();
});

test('when no place for sound is left the page shows the text instead, with and without scripts, and the sound can still be asked for', async () => {
  const begun = Date.now() - 14.5 * 60_000;
  const state = roomState({
    clocks: { opened: begun - 60_000, firstAudio: begun - 59_000, firstSpeech: begun },
    delivery: deliveryAt(7, { period: 320, since: Date.now(), why: 'egress' }),
    streams: 612_345,
  });
  await using server = await serve({ state });
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await plain.goto(`${server.url}/r/tone`);
  const card = plain.locator('.reading[lang=en]');
  expect(await card.textContent()).toContain('about 610,000');
  expect(await card.getByRole('link').getAttribute('href')).toBe('/r/tone/replay.m4a#t=840');
  await plain.context().close();
  const page = await open(server);
  await page.locator('.reading', { hasText: 'about 610,000' }).waitFor();
  await page.locator('.reading', { hasText: 'Ana Kovač' }).waitFor();
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await page.locator('.reading').waitFor({ state: 'hidden' });
  expect((await audio(page)).paused).toBe(false);
  await page.context().close();
});
