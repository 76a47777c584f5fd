import type { Fragment, Segment } from '../base/media.ts';
import { FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import { wholeFragments } from '../wire/boxes.ts';
import type { Files, OpenFile } from './files.ts';
import { asPiece, asRunning, type paths } from './layout.ts';

interface Running {
  readonly file: OpenFile;
  readonly first: number;
  count: number;
  bytes: number;
}

const segmentOf = (seq: number): number => Math.floor(seq / FRAGMENTS_PER_SEGMENT);

/** One rendition of one recording on disk. Every method may reject with what the disk says; the caller serialises calls. */
export class Track {
  readonly rendition: string;
  /** The newest fragment that is in a file, or undefined when there is none. */
  last: number | undefined;
  readonly #files: Files;
  readonly #paths: ReturnType<typeof paths>;
  readonly #closed: (segment: Segment) => void;
  #running: Running | undefined;

  constructor(
    files: Files,
    where: ReturnType<typeof paths>,
    rendition: string,
    closed: (segment: Segment) => void,
  ) {
    this.#files = files;
    this.#paths = where;
    this.rendition = rendition;
    this.#closed = closed;
  }

  /** Makes the folder and finishes what a killed process left: whole fragments are kept, the cut one is not. */
  async recover(): Promise<void> {
    await this.#files.mkdir(this.#paths.rendition(this.rendition));
    for (const name of await this.#files.list(this.#paths.rendition(this.rendition))) {
      const first = asRunning(name);
      if (first !== undefined) await this.#salvage(first);
      const piece = asPiece(name);
      if (piece) this.#advance(piece.first + piece.count - 1);
    }
  }

  /** Writes `init.mp4` unless it is there already, byte for byte. */
  async init(bytes: Uint8Array): Promise<void> {
    const path = this.#paths.init(this.rendition);
    if ((await this.#files.read(path))?.equals(bytes)) return;
    await writeWhole(this.#files, path, bytes);
    await this.#files.syncFolder(this.#paths.rendition(this.rendition));
  }

  /** Appends one fragment; a segment that becomes complete is flushed to the disk and published. */
  async write(fragment: Fragment): Promise<void> {
    const { seq, bytes } = fragment;
    if (this.last !== undefined && seq <= this.last) return;
    const open = this.#running;
    if (open && (seq !== open.first + open.count || segmentOf(seq) !== segmentOf(open.first)))
      await this.close();
    this.#running ??= {
      file: await this.#files.create(this.#paths.running(this.rendition, seq)),
      first: seq,
      count: 0,
      bytes: 0,
    };
    const running = this.#running;
    await running.file.write(bytes, running.bytes);
    running.bytes += bytes.length;
    running.count++;
    this.#advance(seq);
    if (segmentOf(seq + 1) !== segmentOf(seq)) await this.close();
  }

  /** Flushes and publishes the running piece, if any. */
  async close(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    await running.file.sync();
    await this.#publish(running);
    this.#running = undefined;
    await this.#files.syncFolder(this.#paths.rendition(this.rendition));
  }

  /** After a failure: keeps the whole fragments of the running piece if the disk lets us, else leaves them for `recover`. */
  async abandon(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    await running.file.close().catch(() => {});
    await this.#salvage(running.first).catch(() => {});
  }

  async #publish(running: Running): Promise<void> {
    const { first, count } = running;
    await running.file.close();
    await this.#files.rename(
      this.#paths.running(this.rendition, first),
      this.#paths.piece(this.rendition, { first, count }),
    );
    this.#closed({ rendition: this.rendition, number: segmentOf(first), first, fragments: count });
  }

  async #salvage(first: number): Promise<void> {
    const path = this.#paths.running(this.rendition, first);
    const bytes = (await this.#files.read(path)) ?? Buffer.alloc(0);
    const whole = wholeFragments(bytes).filter((place, index) => place.seq === first + index);
    const end = whole.at(-1)?.end;
    if (end === undefined) return this.#files.remove(path);
    if (end < bytes.length) await this.#files.truncate(path, end);
    await this.#files.rename(path, this.#paths.piece(this.rendition, { first, count: whole.length }));
    this.#advance(first + whole.length - 1);
  }

  #advance(seq: number): void {
    this.last = this.last === undefined ? seq : Math.max(this.last, seq);
  }
}

/** Writes a small file so that a reader sees the old one or the new one, never half of it. */
export async function writeWhole(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(`${path}.new`);
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(`${path}.new`, path);
}
