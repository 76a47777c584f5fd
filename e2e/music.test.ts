import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fragmentFrames, wholeFragments } from '../src/media/boxes.ts';
import { decodeOpus } from '../test/packaged.ts';
import { wavFile } from '../test/sound-file.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const HERTZ = 1250;

/** Share of the sound's power at one frequency. */
function share(sound: Float32Array, hertz: number): number {
  let [re, im, all] = [0, 0, 0];
  sound.forEach((sample, i) => {
    re += sample * Math.cos((2 * Math.PI * hertz * i) / 48_000);
    im += sample * Math.sin((2 * Math.PI * hertz * i) / 48_000);
    all += sample * sample;
  });
  return all > 0 ? (2 * (re * re + im * im)) / sound.length / all : 0;
}

describe("a host's own hold music", () => {
  let dir: string;
  let server: Server;
  let browser: Browser;
  let room: MadeRoom;

  /** The tone's share in the newest second that a listener receives. */
  const heard = async (): Promise<number> => {
    const abort = new AbortController();
    const response = await fetch(`${room.url}/stream?codec=opus&margin=1000`, { signal: abort.signal });
    let bytes = Buffer.alloc(0);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes = Buffer.concat([bytes, chunk]);
      if (wholeFragments(bytes).length >= 4) break;
    }
    abort.abort();
    const packets = wholeFragments(bytes).flatMap(({ start, end }) =>
      fragmentFrames(bytes.subarray(start, end)),
    );
    return share((await decodeOpus(packets)).left.subarray(9600), HERTZ);
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-music-'));
    const samples = Float32Array.from(
      { length: 44_100 * 6 },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * HERTZ * i) / 44_100),
    );
    // Not at 48 kHz: the server would reject it, the page converts it.
    writeFileSync(join(dir, 'mine.wav'), wavFile(samples, 1, 'short', 44_100));
    writeFileSync(join(dir, 'letter.mp3'), 'Dear host, this is not music.');
    server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
    browser = await startBrowser();
    room = await server.room('Elevator', '--host', 'Ana');
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is chosen on the studio page, heard by the audience, and taken away again', async () => {
    await until(
      'Earshot’s own music plays',
      async () => (await fetch(`${room.url}/stream?codec=opus`, { method: 'HEAD' })).ok,
    );
    expect(await heard()).toBeLessThan(0.3);
    const page = await browser.page(room.studio);
    await page.getByText('Hold music', { exact: true }).click();
    const input = page.locator('#music-file');
    await input.setInputFiles(join(dir, 'letter.mp3'));
    await page.getByText('letter.mp3: this is not a sound file.').waitFor();
    await input.setInputFiles(join(dir, 'mine.wav'));
    await page.getByText('Now: mine.wav, 0:06').waitFor();
    await until('the tone is on the program', async () => (await heard()) > 0.9);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Now: Earshot’s own music').waitFor();
    await until('s own music plays again', async () => (await heard()) < 0.3);
    await page.close();
  }, 60_000);
});
