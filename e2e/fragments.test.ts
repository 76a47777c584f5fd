/** The packager's bytes in a browser that shares no code with it: buffered without a gap, decoded without a click. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retime } from '../src/media/fragment-slot.ts';
import { initOf } from '../src/packager/container.ts';
import { loadCodecs } from '../src/packager/encoding.ts';
import { packageLoop } from '../src/packager/index.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { packageSound } from '../test/packaged.ts';
import { tone } from '../test/sound.ts';
import { type Browser, startBrowser } from './rig/browser.ts';

const FIRST = 4_000_000;
const SLOTS = 24;
const KINDS = [
  ['opus', 'opus64', 'opus16'],
  ['aac', 'aac96', 'aac56'],
] as const;
const page = createServer((_, answer) =>
  answer.setHeader('content-type', 'text/html').end('<title>ear</title>'),
);
let browser: Browser;
let coded: Awaited<ReturnType<typeof packageSound>>;

beforeAll(async () => {
  page.listen(0, '127.0.0.1');
  browser = await startBrowser();
  coded = await packageSound(await loadCodecs(), RENDITIONS, tone(SLOTS * 0.32 + 0.01), { firstSeq: FIRST });
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  page.close();
});

const rendition = (id: string) => RENDITIONS.find((one) => one.id === id)!;
const bytesOf = (id: string): Uint8Array[] => coded.get(id)!.map(({ bytes }) => bytes);

/** Appends fragment by fragment, then decodes the same bytes as one file. Times are relative to slot FIRST. */
async function hear(id: string, fragments: readonly Uint8Array[]) {
  const tab = await browser.page(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`);
  const base64 = [initOf(rendition(id)), ...fragments].map((bytes) => Buffer.from(bytes).toString('base64'));
  const heard = await tab.evaluate(
    async ({ type, base64, start }) => {
      const pieces = base64.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
      const source = new MediaSource();
      const element = document.createElement('audio');
      element.src = URL.createObjectURL(source);
      await new Promise((resolve) => source.addEventListener('sourceopen', resolve, { once: true }));
      const buffer = source.addSourceBuffer(type);
      for (const piece of pieces) {
        buffer.appendBuffer(piece);
        await new Promise((resolve, reject) => {
          buffer.addEventListener('updateend', resolve, { once: true });
          buffer.addEventListener('error', () => reject(new Error('a fragment was refused')), { once: true });
        });
      }
      const ranges = Array.from({ length: buffer.buffered.length }, (_, n) => [
        buffer.buffered.start(n) - start,
        buffer.buffered.end(n) - start,
      ]);
      const file = await new Blob(pieces).arrayBuffer();
      const sound = (await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(file)).getChannelData(0);
      // A pure tone obeys x[n] = 2 cos(w) x[n-1] - x[n-2]; a click or a lost sample does not.
      const turn = 2 * Math.cos((2 * Math.PI * 440) / 48_000);
      let corner = 0;
      for (let n = 9_600; n < sound.length - 9_600; n++) {
        corner = Math.max(
          corner,
          Math.abs((sound[n] ?? 0) - turn * (sound[n - 1] ?? 0) + (sound[n - 2] ?? 0)),
        );
      }
      return { ranges, samples: sound.length, corner, error: element.error?.message ?? '' };
    },
    { type: `audio/mp4; codecs="${rendition(id).codecs}"`, base64, start: FIRST * 0.32 },
  );
  await tab.close();
  return heard;
}

test.each(KINDS)('%s: one range and no click, spliced every 640 ms', async (_, high, low) => {
  const spliced = bytesOf(high).map((bytes, n) => (n % 4 < 2 ? bytes : bytesOf(low)[n]!));
  const { ranges, samples, corner, error } = await hear(high, spliced);
  expect(error).toBe('');
  expect(ranges).toHaveLength(1);
  expect(ranges[0]![0]).toBeCloseTo(0, 3);
  expect(ranges[0]![1]).toBeCloseTo(SLOTS * 0.32, 2);
  expect(samples).toBeGreaterThan(SLOTS * 15_360 - 2_200);
  // The tone is at 0.3; a lost sample would make a corner of 0.017 and more.
  expect(corner).toBeLessThan(0.002);
});

test.each(KINDS)('%s: standby moved into missing slots fills the gap', async (_, high) => {
  const loops = await packageLoop({
    renditions: [rendition(high)],
    fragments: 6,
    render(block, out) {
      for (let i = 0; i < 1920; i++)
        out[i] = 0.2 * Math.sin((2 * Math.PI * 300 * (block * 960 + (i >> 1))) / 48_000);
    },
  });
  const { fragments } = loops.get(high)!;
  const missing = (n: number): boolean => n >= 8 && n < 15;
  const broken = bytesOf(high).filter((_, n) => !missing(n));
  expect((await hear(high, broken)).ranges).toHaveLength(2);
  const filled = bytesOf(high).map((bytes, n) =>
    missing(n) ? retime('fmp4', fragments[(FIRST + n) % fragments.length]!, FIRST + n) : bytes,
  );
  const { ranges, error } = await hear(high, filled);
  expect(error).toBe('');
  expect(ranges).toHaveLength(1);
  expect(ranges[0]![1]).toBeCloseTo(SLOTS * 0.32, 2);
});
