import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { musicFromLevelled, type Standby } from '../mixer/index.ts';
import type { MusicShelf } from '../room/index.ts';
import type { MusicNews } from './music-worker.ts';

/** How often a cell looks whether its room has another music, in ms: one `stat`. */
const LOOK_MS = 2000;
/** Megabytes of heap for decoding one file; sound itself is outside it. */
const DECODER_HEAP_MB = 128;

const fileOf = (dir: string, slug: string): string => join(dir, `${slug}.pcm`);

/** A file takes a second of CPU; one that takes longer than this is given up. */
const DECODE_MS = 20_000;
/** Files that wait for their turn, of 8 MB each; a further one is refused. */
const MAX_WAITING = 4;

/**
 * Where the site puts the hosts' music; each file is decoded in a thread of its own, one at a time, in 20 s at most.
 * `decoder` is the thread's program, which answers with `MusicNews`.
 */
export function openMusicShelf(
  clock: Clock,
  dir: string,
  decoder: URL = new URL('./music-worker.ts', import.meta.url),
): MusicShelf {
  let last: Promise<unknown> = Promise.resolve();
  /** The one that is decoded, and those that wait. */
  let there = 0;
  const store: MusicShelf['put'] = async (slug, bytes) => {
    const news = await decode(clock, decoder, bytes);
    if ('refused' in news) return news;
    const { pcm } = news;
    await mkdir(dir, { recursive: true });
    const draft = `${fileOf(dir, slug)}.tmp`;
    await writeFile(draft, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
    await rename(draft, fileOf(dir, slug));
    return { seconds: pcm.length / 96_000 };
  };
  return {
    put(slug, bytes) {
      if (there > MAX_WAITING)
        return Promise.resolve({
          refused: 'crowded',
          detail:
            'Other hosts are sending music at this moment. Try again in a minute; the music before stays.',
        });
      there += 1;
      const mine = last
        .then(() => store(slug, bytes))
        .finally(() => {
          there -= 1;
        });
      last = mine.catch(() => undefined);
      return mine;
    },
    remove: (slug) => rm(fileOf(dir, slug), { force: true }),
  };
}

function decode(clock: Clock, decoder: URL, bytes: Uint8Array): Promise<MusicNews> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(decoder, {
      workerData: bytes,
      resourceLimits: { maxOldGenerationSizeMb: DECODER_HEAP_MB },
    });
    const limit = clock.after(ms(DECODE_MS), () => {
      resolve({
        refused: 'unprocessable',
        detail: `This file took longer than ${DECODE_MS / 1000} s to read. Send it as WAV or Ogg Opus, two minutes at most.`,
      });
      worker.terminate().catch(() => undefined);
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      limit[Symbol.dispose]();
      reject(new Error('the music was not decoded'));
    });
  });
}

/** Tells when a room's music is another one than before: the music, or undefined for the house's own. */
export function watchMusic(
  clock: Clock,
  dir: string,
  slug: string,
  changed: (music: Standby | undefined) => void,
): Disposable {
  let version = '';
  let looking = false;
  const look = async (): Promise<void> => {
    const path = fileOf(dir, slug);
    const found = await stat(path).catch(() => undefined);
    const now = found ? `${found.mtimeMs} ${found.size}` : '';
    if (now === version) return;
    const bytes = found && (await readFile(path));
    version = now;
    changed(bytes && musicFromLevelled(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)));
  };
  const turn = (): void => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  };
  turn();
  return clock.every(ms(LOOK_MS), turn);
}
