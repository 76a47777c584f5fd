import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { LONGEST_MUSIC_SECONDS } from '../base/media.ts';
import { ms } from '../base/time.ts';
import { wavHeader } from '../media/wav-header.ts';
import { MAX_MUSIC_BYTES, type MusicShelf } from '../room/index.ts';
import type { MusicNews } from './host-music-worker.ts';
import { musicFile } from './music-watch.ts';

/** Megabytes of heap for decoding one file; sound itself is outside it. */
const DECODER_HEAP_MB = 128;

/** The format of stored music: 48 kHz, 16-bit, two channels. */
const RATE = 48_000;
const CHANNELS = 2;
const BYTES_PER_SECOND = RATE * CHANNELS * 2;

/** A file takes a second of CPU; one that takes longer than this is abandoned. */
const DECODE_MS = 20_000;
/**
 * Limit of files being received or waiting, each on disk; further ones are refused before anything is read.
 */
const MAX_UPLOADS = 16;
/**
 * The part of these for one network: people who share it wait for each other, and nobody else waits for them.
 */
const MAX_OF_NETWORK = 4;
/** While others wait, a file that has been arriving for longer than this gives up its place. */
const SAFE_MS = 60_000;
/** A file that has not arrived by then is abandoned in any case. */
const RECEIVE_MS = 600_000;
/** So is one that brings fewer than `FLOOR_BYTES` within this long: 4 kB/s. */
const FLOOR_MS = 20_000;
const FLOOR_BYTES = 80_000;
/** Limit of a room's stored music, bytes. */
const MOST_KEPT_BYTES = LONGEST_MUSIC_SECONDS * BYTES_PER_SECOND;
/** Limit of the stored music of all rooms together: 43 rooms with two minutes each. */
const TOTAL_BYTES = 1_000_000_000;

/** Options of the shelf. */
export interface ShelfOptions {
  /** The thread's program: it receives the path of a file and answers with `MusicNews`. */
  readonly decoder?: URL;
  /** Limit of the music of all rooms together, bytes. */
  readonly total?: number;
}

type Kept = Awaited<ReturnType<MusicShelf['put']>>;

/** A file that is being received, waits or is decoded. */
interface Upload {
  readonly network: string | undefined;
  readonly since: number;
  /** Ends its reception; undefined once it is complete or was ended. */
  end: ((why: string) => void) | undefined;
}

const crowded = (detail: string): Kept => ({ refused: 'crowded', detail, wait: 20 });

/**
 * Where the site stores hosts' music. Each file goes from the network to the disk; then a thread decodes it, one file
 * at a time, in 20 s at most. Whether there is room is checked before anything is read.
 */
export function openMusicShelf(clock: Clock, dir: string, options: ShelfOptions = {}): MusicShelf {
  const { decoder = new URL('./host-music-worker.ts', import.meta.url), total = TOTAL_BYTES } = options;
  let last: Promise<unknown> = Promise.resolve();
  /** By room, the oldest first. */
  const under = new Map<string, Upload>();
  /** Bytes on the disk by room; read once. */
  let sizes: Promise<Map<string, number>> | undefined;
  const known = (): Promise<Map<string, number>> =>
    (sizes ??= readSizes(dir).catch((error: unknown) => {
      // The disk's trouble of a moment is not kept.
      sizes = undefined;
      throw error;
    }));

  const store = async (slug: string, upload: string): Promise<Kept> => {
    const news = await decode(clock, decoder, upload);
    if ('refused' in news) return news;
    const { pcm } = news;
    const draft = `${musicFile(dir, slug)}.tmp`;
    await writeFile(draft, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
    await rename(draft, musicFile(dir, slug));
    (await known()).set(slug, pcm.byteLength);
    return { seconds: pcm.byteLength / BYTES_PER_SECOND };
  };
  const remove = async (slug: string): Promise<void> => {
    await rm(musicFile(dir, slug), { force: true });
    (await known()).delete(slug);
  };
  const receiveAndStore = async (
    slug: string,
    body: AsyncIterable<Uint8Array>,
    upload: Upload,
  ): Promise<Kept> => {
    const path = join(dir, `${slug}.upload`);
    try {
      await mkdir(dir, { recursive: true });
      const received = await receive(clock, body, path, upload);
      if (received) return received;
      const mine = last.then(() => store(slug, path));
      last = mine.catch(() => undefined);
      return await mine;
    } finally {
      await rm(path, { force: true });
    }
  };
  /** True when there is a place, if necessary that of somebody who has had theirs long enough. */
  const hasPlace = (): boolean => {
    if (under.size < MAX_UPLOADS) return true;
    const oldest = [...under.values()].find(({ end }) => end);
    if (!oldest?.end || clock.now() - oldest.since < SAFE_MS) return false;
    // Its file has to go first: until then there is one more, for a moment.
    oldest.end('This file arrived so slowly that another host needed its place. Send it again.');
    oldest.end = undefined;
    return true;
  };
  return {
    async put(slug, body, network) {
      if (under.has(slug)) return crowded('Music for this room is already being received.');
      const theirs = [...under.values()].filter((one) => one.network === network);
      if ((network !== undefined && theirs.length >= MAX_OF_NETWORK) || !hasPlace())
        return crowded(
          'Other hosts are sending music right now. Try again in a minute; the previous music stays.',
        );
      const upload: Upload = { network, since: clock.now(), end: () => undefined };
      under.set(slug, upload);
      try {
        const taken = [...(await known())].reduce((sum, [of, bytes]) => sum + (under.has(of) ? 0 : bytes), 0);
        if (taken + under.size * MOST_KEPT_BYTES > total)
          return crowded(
            'This server has no room for more music until other rooms have ended. Earshot’s own music plays.',
          );
        return await receiveAndStore(slug, body, upload);
      } finally {
        under.delete(slug);
      }
    },
    async find(slug) {
      const path = musicFile(dir, slug);
      const found = await stat(path).catch(() => undefined);
      if (!found) return undefined;
      const edition = `${Math.round(found.mtimeMs)} ${found.ino} ${found.size}`;
      return { seconds: found.size / BYTES_PER_SECOND, edition, wav: () => wavOf(path, found.size) };
    },
    remove,
    async keep(slugs) {
      for (const slug of (await known()).keys()) if (!slugs.has(slug)) await remove(slug);
    },
  };
}

/** The stored sound with a WAV header, read as it is sent. */
function wavOf(path: string, size: number): ReadableStream<Uint8Array> {
  const parts = (async function* () {
    yield new Uint8Array(wavHeader(size, CHANNELS));
    for await (const part of createReadStream(path, { end: size - 1 })) yield part as Uint8Array;
  })();
  return new ReadableStream<Uint8Array>({
    async pull(to) {
      const { value, done } = await parts.next();
      if (done) to.close();
      else to.enqueue(value);
    },
    async cancel() {
      await parts.return();
    },
  });
}

/** The stored music and its size. Unfinished files of an earlier run are removed. */
async function readSizes(dir: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of await readdir(dir).catch(() => [])) {
    const path = join(dir, name);
    if (!name.endsWith('.pcm')) await rm(path, { force: true });
    else found.set(name.slice(0, -4), (await stat(path)).size);
  }
  return found;
}

/** Writes a body to a file as it comes; returns why not, when it is too long, too slow or breaks off. */
async function receive(
  clock: Clock,
  body: AsyncIterable<Uint8Array>,
  path: string,
  upload: Upload,
): Promise<Kept | undefined> {
  const file = await open(path, 'w', 0o600);
  const parts = body[Symbol.asyncIterator]();
  const ended = Promise.withResolvers<Kept>();
  const end = (detail: string): void => ended.resolve({ refused: 'too-slow', detail });
  upload.end = end;
  let [size, before, writes] = [0, 0, false];
  const slow = clock.every(ms(FLOOR_MS), () => {
    // While the disk keeps it waiting, it is not the sender who is slow.
    if (!writes && size - before < FLOOR_BYTES)
      end(`This file arrived with less than ${FLOOR_BYTES / FLOOR_MS} kB a second. Send it again.`);
    before = size;
  });
  const late = clock.after(ms(RECEIVE_MS), () => end('This file took longer than ten minutes to arrive.'));
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), ended.promise]);
      if ('refused' in part || 'seconds' in part) return part;
      if (part.done) return undefined;
      size += part.value.length;
      if (size > MAX_MUSIC_BYTES) return { refused: 'too-large', detail: 'This file is too large.' };
      writes = true;
      await file.write(part.value);
      writes = false;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      return crowded('The disk of this server is full. Earshot’s own music plays.');
    return { refused: 'bad-request', detail: 'The upload was cut off. Send the file again.' };
  } finally {
    upload.end = undefined;
    // One that never sends anything would keep us waiting for its end as well.
    void Promise.resolve(parts.return?.()).catch(() => undefined);
    slow[Symbol.dispose]();
    late[Symbol.dispose]();
    await file.close();
  }
}

function decode(clock: Clock, decoder: URL, path: string): Promise<MusicNews> {
  return new Promise((resolve) => {
    const unreadable = (): void =>
      resolve({
        refused: 'unprocessable',
        detail: 'This file could not be read to the end. Send it as WAV or Ogg Opus.',
      });
    const worker = new Worker(decoder, {
      workerData: path,
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
    worker.once('error', unreadable);
    worker.once('exit', () => {
      limit[Symbol.dispose]();
      unreadable();
    });
  });
}
