import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import type { Ms } from '../base/time.ts';
import { MAX_MUSIC_BYTES } from '../room/index.ts';
import { openMusicShelf } from './host-music.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-shelf-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/**
 * A decoder that never ends with files that begin with 0, breaks at 2, and otherwise answers with a second of sound.
 */
const decoder = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { readFileSync } from 'node:fs';
    import { parentPort, workerData } from 'node:worker_threads';
    const [first] = readFileSync(workerData);
    if (first === 0) for (;;);
    if (first === 2) throw new Error('broken');
    parentPort.postMessage({ pcm: new Int16Array(96_000) });
  `)}`,
);
async function* body(...bytes: number[]): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 50));
const kept = (): string[] => readdirSync(dir).sort();

test('a file that cannot be read in time is given up, and those waiting have their turn', async () => {
  const clock = manualClock();
  let timers = 0;
  const after = (delay: Ms, run: () => void): Disposable => {
    if (delay === 20_000) timers += 1;
    return clock.after(delay, run);
  };
  const shelf = openMusicShelf({ ...clock, after }, dir, { decoder });
  const endless = shelf.put('a', body(0));
  await vi.waitFor(() => expect(timers).toBe(1));
  const waiting = ['b', 'c', 'd', 'e'].map((slug) => shelf.put(slug, body(1)));
  await turn();
  clock.advance(19_999);
  let over = false;
  const watched = endless.then((news) => {
    over = true;
    return news;
  });
  await turn();
  expect(over).toBe(false);
  clock.advance(1);
  expect(await watched).toMatchObject({ refused: 'unprocessable', detail: expect.stringContaining('20 s') });
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ seconds: 1 })));
  expect(kept()).toEqual(['b.pcm', 'c.pcm', 'd.pcm', 'e.pcm']);
});

test('a disk that could not be read for a moment does not refuse music for good', async () => {
  // What cannot be removed as the remains of an earlier run.
  mkdirSync(join(dir, 'a.tmp'));
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  await expect(shelf.put('b', body(1))).rejects.toThrow();
  rmSync(join(dir, 'a.tmp'), { recursive: true });
  expect(await shelf.put('b', body(1))).toEqual({ seconds: 1 });
});

test('what is kept is found again with its length, as a sound file', async () => {
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  expect(await shelf.find('a')).toBeUndefined();
  await shelf.put('a', body(1));
  const found = await shelf.find('a');
  expect(found?.seconds).toBe(1);
  const wav = Buffer.from(await new Response(found?.wav()).arrayBuffer());
  expect(wav.length).toBe(44 + 192_000);
  expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(4), wav.readUInt32LE(40)]).toEqual([
    'RIFF',
    wav.length - 8,
    192_000,
  ]);
});

test('of forty uploads at once those beyond sixteen are refused before a byte of them is read', async () => {
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  const go = Promise.withResolvers<void>();
  let begun = 0;
  async function* slow(): AsyncGenerator<Uint8Array> {
    begun += 1;
    await go.promise;
    yield new Uint8Array([1]);
  }
  const all = Array.from({ length: 40 }, (_, i) => shelf.put(`room-${i}`, slow()));
  await vi.waitFor(() => expect(begun).toBe(16));
  await turn();
  expect(begun).toBe(16);
  go.resolve();
  const answers = await Promise.all(all);
  expect(answers.filter((one) => 'seconds' in one)).toHaveLength(16);
  expect(answers[39]).toMatchObject({ refused: 'crowded', wait: expect.any(Number) });
  expect(kept()).toHaveLength(16);
});

test('what is longer than accepted, breaks off or cannot be decoded leaves nothing behind, and what was there', async () => {
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  await shelf.put('a', body(1));
  async function* long(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent <= MAX_MUSIC_BYTES; sent += 100_000) yield new Uint8Array(100_000).fill(1);
  }
  async function* torn(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1]);
    throw new Error('the connection is gone');
  }
  expect(await shelf.put('a', long())).toMatchObject({ refused: 'too-large' });
  expect(await shelf.put('a', torn())).toMatchObject({ refused: 'bad-request' });
  expect(await shelf.put('a', body(2))).toMatchObject({ refused: 'unprocessable' });
  expect(kept()).toEqual(['a.pcm']);
});

test('the music of all rooms has a total limit, also over restarts; rooms that end make room', async () => {
  const total = 23_040_000 + 192_000;
  const first = openMusicShelf(manualClock(), dir, { decoder, total });
  await first.put('a', body(1));
  await first.put('b', body(1));
  const shelf = openMusicShelf(manualClock(), dir, { decoder, total });
  expect(await shelf.put('c', body(1))).toMatchObject({ refused: 'crowded' });
  // In place of its own there is room.
  expect(await shelf.put('a', body(1))).toEqual({ seconds: 1 });
  await shelf.remove('b');
  expect(await shelf.put('c', body(1))).toEqual({ seconds: 1 });
  await shelf.keep(new Set(['c']));
  expect(kept()).toEqual(['c.pcm']);
});

test('two files for one room at once: the second waits for the answer to the first', async () => {
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  const first = shelf.put('a', body(1));
  expect(await shelf.put('a', body(1))).toMatchObject({ refused: 'crowded' });
  expect(await first).toEqual({ seconds: 1 });
  expect(existsSync(join(dir, 'a.upload'))).toBe(false);
});

/** A body that brings `each` bytes whenever the test says so. */
function dripping(each: number) {
  let come: () => void = () => {};
  async function* drops(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await new Promise<void>((resolve) => {
        come = resolve;
      });
      yield new Uint8Array(each).fill(1);
    }
  }
  return { drops: drops(), drop: () => come() };
}

test('one network has four places of the sixteen', async () => {
  const shelf = openMusicShelf(manualClock(), dir, { decoder });
  for (let i = 0; i < 4; i += 1) void shelf.put(`slow-${i}`, dripping(1).drops, '203.0.113.7');
  await turn();
  expect(await shelf.put('fifth', body(1), '203.0.113.7')).toMatchObject({ refused: 'crowded' });
  expect(await shelf.put('other', body(1), '203.0.113.8')).toEqual({ seconds: 1 });
});

test('sixteen slow files keep nobody waiting longer than a minute', async () => {
  const clock = manualClock();
  const shelf = openMusicShelf(clock, dir, { decoder });
  const slow = Array.from({ length: 16 }, () => dripping(100_000));
  const answers = slow.map(({ drops }, i) => shelf.put(`slow-${i}`, drops, `203.0.113.${i >> 2}`));
  const pass = async (seconds: number): Promise<void> => {
    for (let s = 0; s < seconds; s += 10) {
      await turn();
      for (const { drop } of slow) drop();
      await turn();
      clock.advance(10_000);
    }
  };
  await pass(50);
  expect(await shelf.put('quick', body(1), '198.51.100.1')).toMatchObject({ refused: 'crowded' });
  await pass(10);
  expect(await shelf.put('quick', body(1), '198.51.100.1')).toEqual({ seconds: 1 });
  expect(await answers[0]).toMatchObject({ refused: 'too-slow' });
  expect(existsSync(join(dir, 'slow-0.upload'))).toBe(false);
  expect(existsSync(join(dir, 'slow-1.upload'))).toBe(true);
});

test('a file that hardly arrives is given up, even when nobody else wants the place', async () => {
  const clock = manualClock();
  const shelf = openMusicShelf(clock, dir, { decoder });
  const [dead, steady] = [dripping(1), dripping(80_000)];
  const given = shelf.put('dead', dead.drops);
  let ended = false;
  void shelf.put('steady', steady.drops).then(() => {
    ended = true;
  });
  for (let i = 0; i < 3; i += 1) {
    await turn();
    for (const one of [dead, steady]) one.drop();
    await turn();
    clock.advance(20_000);
  }
  expect(await given).toMatchObject({ refused: 'too-slow', detail: expect.stringContaining('4 kB') });
  await turn();
  expect(ended).toBe(false);
  expect(kept()).toEqual(['steady.upload']);
});
