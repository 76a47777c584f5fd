import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { openMusicShelf } from './music.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-shelf-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** A decoder that never ends with bytes that begin with 0, and otherwise answers with a second of sound. */
const decoder = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    if (workerData[0] === 0) for (;;);
    parentPort.postMessage({ pcm: new Int16Array(96_000) });
  `)}`,
);
const ENDLESS = new Uint8Array([0]);
const GOOD = new Uint8Array([1]);

test('a file that cannot be read in time is given up, and those who waited have their turn; a fifth is refused', async () => {
  const clock = manualClock();
  const shelf = openMusicShelf(clock, dir, decoder);
  const endless = shelf.put('a', ENDLESS);
  const waiting = ['b', 'c', 'd', 'e'].map((slug) => shelf.put(slug, GOOD));
  expect(await shelf.put('f', GOOD)).toMatchObject({ refused: 'crowded' });
  clock.advance(19_999);
  let over = false;
  const watched = endless.then((news) => {
    over = true;
    return news;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  clock.advance(1);
  expect(await watched).toMatchObject({ refused: 'unprocessable', detail: expect.stringContaining('20 s') });
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ seconds: 1 })));
  expect(['a', 'b', 'e', 'f'].map((slug) => existsSync(join(dir, `${slug}.pcm`)))).toEqual([
    ...[false, true, true, false],
  ]);
  // There is room again.
  expect(await shelf.put('f', GOOD)).toEqual({ seconds: 1 });
});
