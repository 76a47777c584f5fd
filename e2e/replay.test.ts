import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePlayer, earPage, heard, listenIn, openChromium } from './ear.ts';
import { beyond, countStops } from './rig/stops.ts';
import { encodeTone, patched, type Tone } from './tone.ts';
import { openToneServer, type ToneServer } from './tone-server.ts';

const CLEAN = 0.003;
const SEGMENT = 16;
const SEGMENT_SECONDS = 5.12;
/** The program had been running for days before this recording began. */
const FIRST = 800_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let browser: Browser;
let player: string;
let tone: Tone;
beforeAll(async () => {
  [browser, player, tone] = await Promise.all([openChromium(), bundlePlayer(), encodeTone('opus', 120)]);
}, 60_000);
afterAll(() => browser?.close());

/** The server's recording; a test may change it during playback. */
interface Shelf {
  segments: number[];
  ended: boolean;
}

const playlist = ({ segments, ended }: Shelf): string =>
  [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-TARGETDURATION:1',
    `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`,
    '#EXT-X-MAP:URI="init.mp4"',
    ...segments.flatMap((number, i) => [
      ...(i > 0 && segments[i - 1] !== number - 1 ? ['#EXT-X-DISCONTINUITY'] : []),
      ...(i === 0 ? ['#EXT-X-PROGRAM-DATE-TIME:2026-11-22T20:00:00.000Z'] : []),
      `#EXTINF:${SEGMENT_SECONDS.toFixed(5)},`,
      `${number}.m4s`,
    ]),
    ...(ended ? ['#EXT-X-ENDLIST'] : []),
  ].join('\n');

const segment = (number: number): Buffer =>
  Buffer.concat(
    Array.from({ length: SEGMENT }, (_, k) => {
      const index = number * SEGMENT + k;
      return patched(tone.fragments[index % tone.fragments.length] as Uint8Array, FIRST + index);
    }),
  );

const serve = (shelf: Shelf): Promise<ToneServer> =>
  openToneServer(320, (_request, response, { pathname }) => {
    if (earPage(player)(pathname, response)) return true;
    const name = pathname.split('/').at(-1) ?? '';
    const bodies: Record<string, string | Uint8Array> = {
      'main.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="opus"\nopus64.m3u8\n',
      'opus64.m3u8': playlist(shelf),
      'init.mp4': tone.init,
    };
    const body = bodies[name] ?? (name.endsWith('.m4s') ? segment(Number.parseInt(name, 10)) : undefined);
    if (body === undefined) return false;
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
    return true;
  });
const open = async (server: ToneServer, from = 0): Promise<Page> => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/`);
  await listenIn(page, { slug: 'tone', from }, 'openReplay');
  await page.evaluate(() => (window as any).player.play());
  return page;
};
const at = (page: Page): Promise<{ at: number; state: string; seconds: number; wall: number }> =>
  page.evaluate(() => {
    const { at, state, seconds, wall } = (window as any).player;
    return { at, state, seconds, wall };
  });
const until = async (page: Page, good: (now: Awaited<ReturnType<typeof at>>) => boolean, limit = 8000) => {
  const from = Date.now();
  for (;;) {
    const now = await at(page);
    if (good(now)) return now;
    if (Date.now() - from > limit) expect.fail(`still ${JSON.stringify(now)} after ${limit} ms`);
    await wait(25);
  }
};

// Repeated once, because on a very busy machine Chromium's own audio thread starves.
test('a recording plays across its segments without a click, and knows the time of day', {
  retry: 1,
}, async () => {
  await using server = await serve({ segments: [0, 1, 2, 3, 4, 5], ended: true });
  const page = await open(server);
  await until(page, ({ at }) => at > 0.5);
  const stops = countStops();
  await heard(page);
  await wait(6500);
  const { gaps, residual, peak } = await heard(page);
  expect(beyond(gaps, stops())).toBe(0);
  expect(residual).toBeLessThan(CLEAN);
  expect(peak).toBeGreaterThan(0.12);
  const now = await at(page);
  expect(now.seconds).toBeCloseTo(6 * SEGMENT_SECONDS, 3);
  expect(now.wall - Date.UTC(2026, 10, 22, 20) - now.at * 1000).toBeLessThan(50);
  await page.context().close();
});

test('seeking goes where it was asked to, backwards too, and playback stops at the end', async () => {
  await using server = await serve({ segments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], ended: true });
  const page = await open(server);
  await until(page, ({ at }) => at > 0.3);
  for (const place of [50, 12.3, 58]) {
    await page.evaluate((to) => (window as any).player.seek(to), place);
    const now = await until(page, ({ at, state }) => state === 'playing' && at > place + 0.2);
    expect(now.at).toBeLessThan(place + 2.5);
  }
  await until(page, ({ state }) => state === 'ended');
  await page.context().close();
});

test('a gap in the recording is skipped, in the clock and in the sound', async () => {
  await using server = await serve({ segments: [0, 7, 8], ended: true });
  const stops = countStops();
  const page = await open(server, 3);
  const now = await until(page, ({ at }) => at > SEGMENT_SECONDS + 2);
  expect(now.seconds).toBeCloseTo(3 * SEGMENT_SECONDS, 3);
  expect(beyond((await heard(page)).gaps, stops())).toBe(0);
  await page.context().close();
});

test('while the room is live the recording grows under the listener, and rewinding counts from its end', async () => {
  const shelf: Shelf = { segments: [0, 1], ended: false };
  await using server = await serve(shelf);
  const stops = countStops();
  const page = await open(server, -8);
  const first = await until(page, ({ state }) => state === 'playing');
  expect(first.at).toBeGreaterThan(2 * SEGMENT_SECONDS - 8.5);
  shelf.segments = [0, 1, 2, 3];
  await until(page, ({ seconds }) => seconds > 20);
  await until(page, ({ at }) => at > 2 * SEGMENT_SECONDS + 1, 12_000);
  expect(beyond((await heard(page)).gaps, stops())).toBe(0);
  await page.context().close();
});

test('a room without a recording says so', async () => {
  await using server = await serve({ segments: [], ended: false });
  const page = await open(server);
  await until(page, ({ state }) => state === 'missing');
  await page.context().close();
});
