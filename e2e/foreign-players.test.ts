import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type ForeignPlayer, lookAt } from './rig/foreign-players.ts';
import { until } from './rig/server.ts';

/** A list needs three target durations before Chromium's own player takes it. */
const AGE_MS = 18_000;
const HEARD_MS = 15_000;
/** Players are up to 16 s behind, and play what is left. */
const END_MS = 60_000;

let dir: string;
let air: Broadcast;
let browser: Browser;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-players-'));
  air = await broadcast(dir, ['opus64', 'aac96', 'aac64']);
  browser = await startBrowser();
  await wait(AGE_MS);
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await air[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

type Row = readonly [ForeignPlayer, string];
const LIVE: readonly Row[] = [
  ['native', 'live/main.m3u8'],
  ['native', 'live/slow.m3u8'],
  ['native', 'live/opus.m3u8'],
  ['native', 'replay/main.m3u8'],
  ['native', 'replay/opus.m3u8'],
  ['hls.js', 'live/main.m3u8'],
  ['hls.js', 'replay/main.m3u8'],
  ['shaka', 'live/main.m3u8'],
  ['shaka', 'live/opus.m3u8'],
  ['video.js', 'live/main.m3u8'],
  ['video.js', 'replay/opus.m3u8'],
];
const REPLAY: readonly Row[] = [
  ['native', 'replay/main.m3u8'],
  ['native', 'replay/opus.m3u8'],
  // The address that was given out before it began.
  ['native', 'live/main.m3u8'],
  ['native', 'replay.m4a'],
  ['hls.js', 'replay/opus.m3u8'],
  ['shaka', 'replay/main.m3u8'],
  ['video.js', 'replay/main.m3u8'],
];
const open = (rows: readonly Row[]): Promise<Page[]> =>
  Promise.all(
    rows.map(([player, list]) =>
      browser.page(new URL(`/play/${player}?source=/r/room/${list}`, air.url).href),
    ),
  );
/** What each shows once all are done, or when it is time. */
async function looks(rows: readonly Row[], pages: readonly Page[], most: number) {
  for (const until = performance.now() + most; ; await wait(500)) {
    const seen = await Promise.all(pages.map(lookAt));
    if (performance.now() > until || seen.every(({ ended }) => ended))
      return rows.map((row, i) => ({ row: row.join(' '), ...seen[i] }));
  }
}

test('the browser itself plays the recording of a room that goes on, and finds every place in it while it grows', async () => {
  const page = await browser.context.newPage();
  // Not twice as fast as it plays: what is sought is not there yet, and has to be asked for.
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
  // The file is longer with each of these; the one that the player began with is still there.
  for (const place of [(length ?? 0) - 4, 1, (length ?? 0) / 2]) {
    await page.evaluate((to) => {
      (window as unknown as { audio: HTMLAudioElement }).audio.currentTime = to;
    }, place);
    await heardFrom(place);
    await wait(2_500);
    await page.evaluate(() => (window as unknown as { audio: HTMLAudioElement }).audio.play());
  }
  expect((await lookAt(page)).errors).toEqual([]);
  // The file had grown by then.
  expect(new Set(ranges.map((range) => range.split('/')[1])).size).toBeGreaterThan(1);
  await page.close();
});

test('the browser itself, hls.js, Shaka and video.js play live and replay to their ends', async () => {
  const live = await open(LIVE);
  await wait(HEARD_MS);
  for (const page of live) {
    const before = await lookAt(page);
    expect(before).toMatchObject({ errors: [], ended: false });
    expect(before.at).toBeGreaterThan(1);
  }
  await air.end();
  for (const { row, ended, errors, events } of await looks(LIVE, live, END_MS))
    expect({ row, ended, errors, events }).toMatchObject({ ended: true, errors: [] });
  await Promise.all(live.map((page) => page.close()));

  const replay = await open(REPLAY);
  for (const page of replay)
    await page.evaluate(() => {
      (window as unknown as { audio: HTMLAudioElement }).audio.playbackRate = 3;
    });
  const recorded = (AGE_MS + HEARD_MS) / 1000;
  for (const { row, ended, errors, length, events } of await looks(REPLAY, replay, END_MS)) {
    expect({ row, ended, errors, events }).toMatchObject({ ended: true, errors: [] });
    expect(length ?? 0).toBeGreaterThan(recorded - 2);
  }
  await Promise.all(replay.map((page) => page.close()));
});

test('GStreamer and ffmpeg play the replay, and what is left at the live address, to its end', async () => {
  const run = promisify(execFile);
  for (const list of ['replay/main.m3u8', 'replay/opus.m3u8', 'live/aac96.m3u8', 'live/opus64.slow.m3u8']) {
    // The end of the stream is the end of the program; an error is another exit code.
    await run('gst-launch-1.0', [
      '-q',
      'playbin3',
      `uri=${air.url}/${list}`,
      'audio-sink=fakesink sync=false',
    ]);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', `${air.url}/${list}`, '-f', 'null', '-']);
    expect(stderr.replaceAll(/.*duplicated MOOV.*\n|.*Last message repeated.*\n/g, '')).toBe('');
  }
});
