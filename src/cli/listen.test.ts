import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEncoder } from 'libopus-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syntheticBox as box, syntheticFragment } from '../../test/synthetic.ts';
import { listen } from './listen.ts';

const INIT = Buffer.concat([box('ftyp', Buffer.from('iso5')), box('moov', box('dOps', Buffer.alloc(4)))]);
const ZERO = Date.now() - 1_000_000;

let server: Server;
let base: string;
let asked: string[];
let answer: (response: ServerResponse, connection: number) => void;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    if (request.url === '/rooms.json')
      return response.end(JSON.stringify({ rooms: [{ slug: 'room', zero: ZERO }] })) && undefined;
    asked.push(request.url ?? '');
    answer(response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Fragments of a 440 Hz tone, or of silence where `quiet` says so. */
async function tones(
  from: number,
  to: number,
  quiet: (seq: number) => boolean = () => false,
): Promise<Buffer[]> {
  const encoder = await createEncoder({ channels: 1, frameSize: 960, bitrate: 24_000 });
  const made: Buffer[] = [];
  for (let seq = from; seq <= to; seq++) {
    const frames = Array.from({ length: 16 }, (_, index) => {
      const pcm = new Float32Array(960);
      const start = (seq * 16 + index) * 960;
      if (!quiet(seq))
        for (let n = 0; n < 960; n++) pcm[n] = 0.3 * Math.sin((2 * Math.PI * 440 * (start + n)) / 48_000);
      return Uint8Array.from(encoder.encodeFloat(pcm));
    });
    made.push(syntheticFragment(seq, frames));
  }
  encoder.free();
  return made;
}

const over = (response: ServerResponse): void => {
  response.writeHead(410, { 'content-type': 'application/problem+json' }).end('{"code":"room-ended"}');
};
const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'audio/mp4; codecs="opus"' });
const quietly = { print: () => {} };

describe('earshot listen', () => {
  it('counts what is missing and what comes twice', async () => {
    const made = await tones(100, 109);
    answer = (response, connection) => {
      if (connection > 1) return over(response);
      const order = [0, 1, 2, 5, 5, 6].map((index) => made[index] ?? Buffer.alloc(0));
      begin(response).end(Buffer.concat([INIT, ...order]));
    };
    const report = await listen(`${base}/r/room`, quietly);
    expect(report).toMatchObject({
      fragments: 5,
      gaps: 2,
      repeats: 1,
      reconnects: 1,
      stopped: 'ended',
      deadAir: [],
    });
    expect(asked[0]).toBe('/r/room/stream?codec=opus');
    expect(asked[1]).toBe('/r/room/stream?codec=opus&after=106');
    expect(report.delay?.median).toBeGreaterThan(900_000);
  });

  it('continues without a gap after a connection is cut in the middle of a fragment', async () => {
    const made = await tones(0, 9);
    answer = (response, connection) => {
      if (connection === 1) {
        const bytes = Buffer.concat([INIT, ...made.slice(0, 6)]);
        begin(response).write(bytes.subarray(0, bytes.length - 50), () => response.destroy());
      } else if (connection === 2) begin(response).end(Buffer.concat([INIT, ...made.slice(5)]));
      else over(response);
    };
    const report = await listen(`${base}/r/room/stream?codec=opus`, quietly);
    expect(report).toMatchObject({ fragments: 10, gaps: 0, repeats: 0, reconnects: 2 });
  });

  it('finds dead air of two seconds and not a pause of one', async () => {
    // Slots 5 to 12 are silent: 2.56 s. Slots 16 to 18: 0.96 s.
    const made = await tones(0, 24, (seq) => (seq >= 5 && seq <= 12) || (seq >= 16 && seq <= 18));
    answer = (response, connection) =>
      connection === 1 ? void begin(response).end(Buffer.concat([INIT, ...made])) : over(response);
    const { deadAir } = await listen(`${base}/r/room`, quietly);
    expect(deadAir).toHaveLength(1);
    expect(deadAir?.[0]?.seconds).toBeGreaterThan(2.4);
    expect(deadAir?.[0]?.seconds).toBeLessThan(2.6);
    expect(deadAir?.[0]?.at).toBeGreaterThan(1550);
    expect(deadAir?.[0]?.at).toBeLessThan(1700);
  });

  it('writes what it heard', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-listen-'));
    const made = await tones(0, 9);
    answer = (response, connection) =>
      connection % 2 === 1 ? void begin(response).end(Buffer.concat([INIT, ...made])) : over(response);
    await listen(`${base}/r/room`, { ...quietly, out: join(folder, 'heard.wav') });
    await listen(`${base}/r/room`, { ...quietly, out: join(folder, 'heard.mp4') });
    expect((await stat(join(folder, 'heard.wav'))).size).toBe(44 + 10 * 15_360 * 4);
    expect((await readFile(join(folder, 'heard.mp4'))).equals(Buffer.concat([INIT, ...made]))).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('stops in time and says what a server answered', async () => {
    answer = (response) => void begin(response).write(INIT);
    expect(await listen(`${base}/r/room`, { ...quietly, seconds: 0.2 })).toMatchObject({
      fragments: 0,
      stopped: 'time',
    });
    answer = (response) => void response.writeHead(404).end('{"code":"room-unknown"}');
    const { stopped } = await listen(`${base}/r/room`, quietly);
    expect(stopped).toBe('HTTP 404 room-unknown');
  });

  it('says in each line why nothing arrives, until it does', async () => {
    const made = await tones(0, 3);
    let down = true;
    answer = (response) =>
      down
        ? void response.writeHead(503).end('{"code":"studio-away"}')
        : void begin(response).write(Buffer.concat([INIT, ...made]));
    const said: string[] = [];
    await listen(`${base}/r/room`, {
      seconds: 4,
      print: (text) => {
        if (said.push(text) === 1) down = false;
      },
    });
    expect(said[0]).toMatch(/HTTP 503 studio-away$/);
    expect(said.at(-2)).toMatch(/dead air \d+$/);
  });

  it('refuses a file that cannot be written in one sentence', async () => {
    await expect(listen(`${base}/r/room`, { ...quietly, out: '/nowhere/heard.wav' })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('/nowhere/heard.wav cannot be written'),
    });
  });
});
