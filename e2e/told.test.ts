/**
 * The state of a room is sent in its stream. A page that hears the stream need not ask, and players that do not know
 * the state boxes play on.
 */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** Observation time of a page that hears the stream; one that polls asks every second. */
const WATCHED_MS = 10_000;

let server: Server;
let browser: Browser;
let room: MadeRoom;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Before');
  browser = await startBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const edit = async (change: object): Promise<number> => {
  const response = await fetch(`${server.url}/api/rooms/${room.slug}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${room.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  return response.status;
};
const titled = (page: Page, title: string): Promise<void> =>
  until(`the page says "${title}"`, async () => (await page.locator('h1').innerText()) === title, 4_000);
/** Counts a page's requests for the room's state. */
function countAsked(page: Page): () => number {
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('state.json')) asked += 1;
  });
  return () => asked;
}

test('a page that hears the room never polls its state, and shows what changes; it polls again when it hears nothing', async () => {
  const page = await listenTo(browser, room.url);
  const second = await listenTo(browser, room.url);
  await wait(2_000);
  const asked = [page, second].map(countAsked);
  const till = performance.now() + WATCHED_MS;
  for (let n = 0; performance.now() < till; n++) {
    expect(await edit({ title: `Title ${n}` })).toBe(200);
    await titled(page, `Title ${n}`);
    // The other tab hears through the connection of the first.
    await titled(second, `Title ${n}`);
    await wait(1_000);
  }
  expect(asked.map((count) => count())).toEqual([0, 0]);

  await page
    .getByRole('button', { name: /^Pause|^Stop/ })
    .first()
    .click();
  await until('it asks again', async () => (asked[0]?.() ?? 0) > 0, 5_000);
  await edit({ title: 'Paused' });
  await titled(page, 'Paused');
  await titled(second, 'Paused');
  expect(asked[1]?.()).toBe(0);
  await page.close();
  await second.close();
});

test('ffmpeg, GStreamer and an audio element play a stream in which the state changes all the time', async () => {
  const run = promisify(execFile);
  let editing = true;
  let edited = 0;
  const edits = (async () => {
    for (let n = 0; editing; n++) {
      // Edits of a room are rate-limited.
      if ((await edit({ title: `Changing ${n}` })) === 200) edited += 1;
      await wait(700);
    }
  })();
  try {
    const heard = (codec: string): string => `${server.url}/r/${room.slug}/stream?codec=${codec}`;
    const ffmpeg = async (codec: string): Promise<void> => {
      const { stdout, stderr } = await run(
        'ffmpeg',
        ['-v', 'warning', '-i', heard(codec), '-t', '10', '-f', 'f32le', '-ac', '1', '-ar', '48000', '-'],
        { encoding: 'buffer', maxBuffer: 64 << 20 },
      );
      expect(stderr.toString().replaceAll(/.*duplicated MOOV.*\n/g, '')).toBe('');
      expect(stdout.length / 4 / 48_000).toBeCloseTo(10, 1);
    };
    const gstreamer = async (codec: string): Promise<void> => {
      // Stopped from outside, as by a listener; an error would come earlier.
      const ended = await run('timeout', [
        ...['--signal=INT', '10', 'gst-launch-1.0', '-e', 'souphttpsrc', `location=${heard(codec)}`],
        ...['!', 'qtdemux', '!', 'fakesink', 'sync=false', 'dump=false'],
      ]).catch((error: { code: number; stderr: string }) => error);
      expect(ended.stderr).not.toMatch(/error/i);
      // 124: it was still playing when it was stopped.
      expect('code' in ended && ended.code).toBe(124);
    };
    const element = async (codec: string): Promise<void> => {
      const page = await browser.page(`${server.url}/`);
      const at = await page.evaluate(async (source) => {
        const audio = new Audio(source);
        await audio.play();
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        return { at: audio.currentTime, error: audio.error?.message };
      }, heard(codec));
      expect(at.error).toBeUndefined();
      expect(at.at).toBeGreaterThan(7);
      await page.close();
    };
    const players = ['opus', 'aac'].flatMap((codec) => [ffmpeg(codec), gstreamer(codec)]);
    await Promise.all([...players, element('opus')]);
    // At least one change in two seconds of what each of them plays.
    expect(edited).toBeGreaterThan(5);
  } finally {
    editing = false;
    await edits;
  }
});
