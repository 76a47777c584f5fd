/** What a lock screen and the buttons of a headset are told, and what they do, live and in the replay. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { endRoom, goLive, joinStage, listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** What is recorded before the room ends, ms: more than a segment. */
const SPOKEN_MS = 12_000;

let server: Server;
let browser: Browser;
let room: MadeRoom;
let host: Page;

/** Keeps what the page does when a button is pressed: no program can press one. */
function keepButtons(): void {
  const kept: Record<string, MediaSessionActionHandler | null> = {};
  Object.assign(window, { buttons: kept });
  const set = MediaSession.prototype.setActionHandler;
  MediaSession.prototype.setActionHandler = function (action, handler) {
    kept[action] = handler;
    set.call(this, action, handler);
  };
}
const pressed = (page: Page, action: string, details: object = {}): Promise<void> =>
  page.evaluate(
    ([name, more]) => {
      const { buttons } = window as unknown as { buttons: Record<string, (details: object) => void> };
      buttons[name]?.({ action: name, ...more });
    },
    [action, details] as const,
  );
const shown = (page: Page) =>
  page.evaluate(() => {
    const { metadata, playbackState } = navigator.mediaSession;
    const { title = '', artist = '', artwork = [] } = metadata ?? {};
    return { title, artist, playbackState, pictures: artwork.map(({ src }) => src) };
  });
/** True while sound runs on. */
const runs = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const times = () => [...document.querySelectorAll('audio')].map(({ currentTime }) => currentTime);
    const before = times();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return times().some((time, index) => time > (before[index] ?? 0));
  });

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Town hall', '--host', 'Ana');
  browser = await startBrowser();
  browser.context.setDefaultTimeout(60_000);
  await browser.context.addInitScript(keepButtons);
  host = await browser.page(room.studio);
  await joinStage(host);
  await goLive(host);
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('live and in the replay, a lock screen shows title, hosts and a picture, and its buttons pause and go on', {
  timeout: 180_000,
}, async () => {
  const began = Date.now();
  const page = await listenTo(browser, room.url);
  await until('the room is on the lock screen', async () => (await shown(page)).title !== '');
  const { title, artist, playbackState, pictures } = await shown(page);
  expect([title, artist, playbackState]).toEqual(['\u2068Town hall\u2069', '\u2068Ana\u2069', 'playing']);
  for (const picture of pictures)
    expect((await fetch(picture)).headers.get('content-type')).toMatch(/^image\//);
  expect(pictures.some((picture) => picture.endsWith('.png'))).toBe(true);
  // What was paused goes on from the recording.
  await until('something is recorded', () => Date.now() - began > SPOKEN_MS);
  await pressed(page, 'pause');
  await until('it is paused', async () => !(await runs(page)));
  await until('the lock screen says so', async () => (await shown(page)).playbackState === 'paused');
  await pressed(page, 'play');
  await until('it goes on', () => runs(page));

  await endRoom(host);
  await page.reload();
  await page
    .getByRole('button', { name: /replay/i })
    .first()
    .click();
  await until('the replay is heard', () => runs(page));
  await until(
    'the replay is on the lock screen',
    async () => (await shown(page)).playbackState === 'playing',
  );
  expect((await shown(page)).title).toBe(title);
  await pressed(page, 'seekto', { seekTime: 2 });
  await until('it is at the place', () =>
    page.evaluate(() => Math.abs((document.querySelector('audio')?.currentTime ?? 0) - 2) < 2),
  );
  await pressed(page, 'pause');
  await until('the replay is paused', async () => !(await runs(page)));
});
