/**
 * Latency for listeners: bursts in one Chromium's fake microphone are detected in another Chromium's decoded sound and
 * in another speaker's. A third Chromium hears LL-HLS through hls.js. All use the wall clock of one machine, accurate
 * to about 15 ms.
 * `npm run bench -- latency [seconds] [write period in ms]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startBrowser } from '../e2e/rig/browser.ts';
import { delays, detect, median } from '../e2e/rig/detector.ts';
import { goLive, inviteSpeaker, joinStage, listenTo, startRoom } from '../e2e/rig/people.ts';
import { startServer } from '../e2e/rig/server.ts';
import { bursts, writeWav } from '../e2e/rig/sound.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const PERIOD = Number(process.argv[3] ?? 320);
const HLS = fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.js'));
const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;

const dir = mkdtempSync(join(tmpdir(), 'earshot-latency-'));
writeWav(join(dir, 'bursts.wav'), bursts(120));
writeWav(join(dir, 'quiet.wav'), bursts(120, 3100));
await using server = await startServer({
  EARSHOT_CELLS: '1',
  EARSHOT_DOORS: '1',
  EARSHOT_WRITE_PERIOD: `${PERIOD}ms`,
});
await using speaking = await startBrowser({ microphone: join(dir, 'bursts.wav'), plainMicrophone: true });
await using answering = await startBrowser({ microphone: join(dir, 'quiet.wav') });
await using listening = await startBrowser({});
await using foreign = await startBrowser({});
const host = await startRoom(speaking, server.url, 'Latency', 'Ana');
const room = `${server.url}/r/${new URL(host.url()).pathname.split('/')[2]}`;
await joinStage(host);
const guest = await answering.page(await inviteSpeaker(host, 'Ben'));
await joinStage(guest);
await goLive(host);
const listener = await listenTo(listening, room);
const hls = await hlsListener(await foreign.page(room));
await new Promise((resolve) => setTimeout(resolve, 5000));
const said = await detect(host, 'microphone');
const heard = await detect(listener, 'element');
const heardByHls = await detect(hls, 'element');
const answered = await detect(guest, 'incoming');
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
const near = (await said()).onsets;
const ear = await heard();
const rows: [string, number[]][] = [
  [`microphone → ear, stream at ${PERIOD} ms writes, web player`, delays(near, ear.onsets)],
  ['microphone → ear, LL-HLS with 640 ms parts, hls.js', delays(near, (await heardByHls()).onsets)],
  ["microphone → the other speaker's ear", delays(near, (await answered()).onsets, 2000)],
];
console.log('\n| way | median | p95 | bursts |\n|---|---|---|---|');
for (const [way, ms] of rows)
  console.log(
    `| ${way} | ${median(ms).toFixed(0)} ms | ${quantile(ms, 0.95).toFixed(0)} ms | ${ms.length} |`,
  );
for (const [who, { holes, seconds }] of [
  ['our player', ear],
  ['hls.js', await heardByHls()],
] as const)
  console.log(`holes of 20 ms or more, ${who}: ${holes.length} in ${seconds.toFixed(0)} s`);
rmSync(dir, { recursive: true, force: true });

/** Plays the room's LL-HLS with hls.js in a page of the same origin. */
async function hlsListener(page: Page): Promise<Page> {
  await page.addScriptTag({ path: HLS });
  await page.evaluate((source) => {
    interface Player {
      loadSource(url: string): void;
      attachMedia(element: HTMLMediaElement): void;
    }
    const { Hls } = window as unknown as { Hls: new (options: object) => Player };
    const audio = document.body.appendChild(document.createElement('audio'));
    const player = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.05, backBufferLength: 20 });
    player.loadSource(source);
    player.attachMedia(audio);
    void audio.play();
  }, `${page.url()}/live/main.m3u8`);
  return page;
}
