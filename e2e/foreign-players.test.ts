import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadLoops, type StandbyLoops } from '../src/standby/standby-loops.ts';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type ForeignPlayer, lookAt } from './rig/foreign-players.ts';
import { until } from './rig/server.ts';

/** Time for which the room is live; `EARSHOT_PLAYED_S=62` is the full minute. */
const HEARD_MS = Number(process.env.EARSHOT_PLAYED_S ?? 44) * 1_000;
/** Seconds heard: less by what players are late that start three segments behind, or later. */
const LEAST_HEARD = HEARD_MS / 1_000 - 32;
/** Age of a recording at its first request. */
const RECORDED_MS = 22_000;
/** Playback speed of the replay. */
const RATE = 3;
/** Players are up to 20 s behind, and play the rest. */
const END_MS = 60_000;

let loops: StandbyLoops;
let browser: Browser;
beforeAll(async () => {
  await using files = await folder();
  loops = await loadLoops(join(files.path, 'standby.bin'));
  browser = await startBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'earshot-players-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** A room for this test, `age` ms old, in a temporary folder. */
async function onAir(age = 0): Promise<AsyncDisposable & { readonly air: Broadcast }> {
  const files = await folder();
  const air = await broadcast(files.path, ['opus64', 'aac96', 'aac64'], { loops, age });
  return {
    air,
    async [Symbol.asyncDispose]() {
      await air[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

type Row = readonly [ForeignPlayer, string];
const LIVE: readonly Row[] = [
  ['native', 'live/main.m3u8'],
  ['native', 'live/slow.m3u8'],
  ['native', 'live/opus.m3u8'],
  ['hls.js', 'live/main.m3u8'],
  ['shaka', 'live/main.m3u8'],
  ['shaka', 'live/opus.m3u8'],
  ['video.js', 'live/main.m3u8'],
];
/** The recording of a running room; players accept it from three segments on. */
const GROWING: readonly Row[] = [
  ['native', 'replay/main.m3u8'],
  ['native', 'replay/opus.m3u8'],
  ['hls.js', 'replay/main.m3u8'],
  ['video.js', 'replay/opus.m3u8'],
];
const REPLAY: readonly Row[] = [
  ['native', 'replay/main.m3u8'],
  ['native', 'replay/opus.m3u8'],
  // The address that was published before it began.
  ['native', 'live/main.m3u8'],
  ['native', 'replay.m4a'],
  ['hls.js', 'replay/opus.m3u8'],
  ['shaka', 'replay/main.m3u8'],
  ['video.js', 'replay/main.m3u8'],
];
const open = (air: Broadcast, rows: readonly Row[]): Promise<Page[]> =>
  Promise.all(
    rows.map(([player, list]) =>
      browser.page(new URL(`/play/${player}?source=/r/room/${list}`, air.url).href),
    ),
  );
const setRate = (page: Page, rate: number): Promise<void> =>
  page.evaluate((to) => {
    (window as unknown as { audio: HTMLAudioElement }).audio.playbackRate = to;
  }, rate);
/** The state of each page once all are done, or after the time limit. */
async function looks(rows: readonly Row[], pages: readonly Page[], most: number, rate?: number) {
  for (const until = performance.now() + most; ; await wait(500)) {
    // Set repeatedly, because Shaka resets it whenever it resumes.
    if (rate !== undefined) await Promise.all(pages.map((page) => setRate(page, rate)));
    const seen = await Promise.all(pages.map(lookAt));
    if (performance.now() > until || seen.every(({ ended }) => ended))
      return rows.map((row, i) => ({ row: row.join(' '), ...seen[i] }));
  }
}

test('the browser itself plays the recording of a room that goes on, and finds every place in it while it grows', async () => {
  await using room = await onAir(15_000);
  const { air } = room;
  await until('most of that is recorded', async () => {
    const list = await (await fetch(`${air.url}/replay/aac96.m3u8`)).text();
    return (
      [...list.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0) > 11
    );
  });
  const page = await browser.context.newPage();
  // Slow enough that the target of a seek is not loaded yet and must be requested.
  const network = await browser.context.newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 20, downloadThroughput: 20_000, uploadThroughput: 20_000 },
  });
  const ranges: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('replay.m4a')) ranges.push(response.headers()['content-range'] ?? '');
  });
  await page.goto(new URL('/play/native?source=/r/room/replay.m4a', air.url).href);
  const heardFrom = async (place: number): Promise<void> => {
    await until(
      `it plays from ${place.toFixed(1)} s on`,
      async () => {
        const { at, errors } = await lookAt(page);
        expect(errors).toEqual([]);
        return at > place + 1 && at < place + 8;
      },
      8_000,
    );
  };
  await heardFrom(0);
  const { length } = await lookAt(page);
  expect(length ?? 0).toBeGreaterThan(10);
  // The file gets longer with each of these. The version that the player began with is still served.
  for (const place of [(length ?? 0) - 4, 1, (length ?? 0) / 2]) {
    await page.evaluate((to) => {
      (window as unknown as { audio: HTMLAudioElement }).audio.currentTime = to;
    }, place);
    await heardFrom(place);
    await wait(2_500);
    await page.evaluate(() => (window as unknown as { audio: HTMLAudioElement }).audio.play());
  }
  expect((await lookAt(page)).errors).toEqual([]);
  // The file has grown by then.
  expect(new Set(ranges.map((range) => range.split('/')[1])).size).toBeGreaterThan(1);
  await page.close();
});

test('the browser itself, hls.js, Shaka, video.js, ffmpeg and GStreamer play a room from its first second to its end, and its replay', async () => {
  await using room = await onAir();
  const { air } = room;
  const live = await open(air, LIVE);
  await wait(RECORDED_MS);
  live.push(...(await open(air, GROWING)));
  await wait(HEARD_MS - RECORDED_MS);
  const rows = [...LIVE, ...GROWING];
  for (const [i, page] of live.entries()) {
    const row = rows[i]?.join(' ');
    const { errors, ended, at } = await lookAt(page);
    expect({ errors, ended }, row).toEqual({ errors: [], ended: false });
    expect(at, row).toBeGreaterThan(LEAST_HEARD);
  }
  await air.end();
  for (const { row, ended, errors, events } of await looks(rows, live, END_MS))
    expect({ ended, errors }, `${row}: ${events?.join('; ')}`).toEqual({ ended: true, errors: [] });
  await Promise.all(live.map((page) => page.close()));

  const replay = await open(air, REPLAY);
  for (const { row, ended, errors, length, events } of await looks(REPLAY, replay, END_MS, RATE)) {
    expect({ ended, errors }, `${row}: ${events?.join('; ')}`).toEqual({ ended: true, errors: [] });
    expect(length ?? 0, row).toBeGreaterThan(HEARD_MS / 1000 - 2);
  }
  await Promise.all(replay.map((page) => page.close()));

  const run = promisify(execFile);
  for (const list of ['replay/main.m3u8', 'replay/opus.m3u8', 'live/aac96.m3u8', 'live/opus64.slow.m3u8']) {
    // The end of the stream is the end of the program; an error would give another exit code.
    await run('gst-launch-1.0', [
      '-q',
      'playbin3',
      `uri=${air.url}/${list}`,
      'audio-sink=fakesink sync=false',
    ]);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', `${air.url}/${list}`, '-f', 'null', '-']);
    expect(stderr.replaceAll(/.*duplicated MOOV.*\n|.*Last message repeated.*\n/g, '')).toBe('');
  }
}, 240_000);
