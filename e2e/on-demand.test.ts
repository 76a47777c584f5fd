import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fragmentFrames, wholeFragments } from '../src/media/boxes.ts';
import { decodeOpus } from '../test/packaged.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

// The whole path: a listener asks a door, the door tells the cell, the cell starts to code.
describe('a rendition that nobody has heard yet', () => {
  let server: Server;
  let room: MadeRoom;
  beforeAll(async () => {
    server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
    room = await server.room('Quiet');
    await until(
      'it is on',
      async () => (await fetch(`${room.url}/stream?codec=opus`, { method: 'HEAD' })).ok,
    );
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('is heard at once at the best bitrate, and then at its own, without a gap', async () => {
    const abort = new AbortController();
    const response = await fetch(`${room.url}/stream?codec=opus&rate=16`, { signal: abort.signal });
    expect(response.headers.get('earshot-rendition')).toBe('opus16');
    let bytes = Buffer.alloc(0);
    const sizes = () => wholeFragments(bytes).map(({ start, end }) => end - start);
    const began = performance.now();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes = Buffer.concat([bytes, chunk]);
      // 16 kbit/s are 640 bytes in 320 ms, 64 are 2,560, and each fragment has some 130 bytes of boxes.
      if (
        sizes()
          .slice(-8)
          .every((size) => size < 1200) &&
        sizes().length > 8
      )
        break;
      if (performance.now() - began > 40_000) throw new Error(`never coded: ${sizes().join(' ')}`);
    }
    abort.abort();
    // How much a fragment has follows from its sound: the first ones are held against those of the asked bitrate.
    const own = sizes().slice(-8);
    expect(sizes()[0]).toBeGreaterThan((1.3 * own.reduce((sum, size) => sum + size, 0)) / own.length);
    const fragments = wholeFragments(bytes);
    const first = fragments[0]?.seq ?? 0;
    expect(fragments.map(({ seq }) => seq)).toEqual(fragments.map((_, n) => first + n));
    const packets = fragments.flatMap(({ start, end }) => fragmentFrames(bytes.subarray(start, end)));
    const { left } = await decodeOpus(packets);
    // There is music all the time: no 100 ms are silent except the decoder's first.
    for (let at = 4800; at + 4800 <= left.length; at += 4800)
      expect(left.subarray(at, at + 4800).some((sample) => Math.abs(sample) > 1e-4)).toBe(true);
  }, 60_000);

  test('MP3, for which there is no substitute, starts with the first listener who asks for it', async () => {
    const abort = new AbortController();
    const response = await fetch(`${room.url}/radio.mp3`, { signal: abort.signal });
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    let size = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (size === 0) expect(chunk[0]).toBe(0xff);
      size += chunk.length;
      // A second of sound at 64 kbit/s.
      if (size > 8000) break;
    }
    abort.abort();
    expect(size).toBeGreaterThan(8000);
  }, 60_000);
});
