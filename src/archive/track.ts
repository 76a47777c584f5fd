import type { Fragment, Segment } from '../base/media.ts';
import { FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import { fragmentFrames, wholeFragments } from '../media/boxes.ts';
import { type Files, type OpenFile, writeWhole } from './files.ts';
import { IndexWriter } from './index-writer.ts';
import { asPiece, asRunning, type paths } from './layout.ts';
import { type StoredPiece, storedFrom, storedPiece } from './piece-index.ts';

interface Running {
  readonly file: OpenFile;
  readonly first: number;
  count: number;
  bytes: number;
  /** Sizes of its coded frames, for the index. */
  readonly frames: number[];
}

const segmentOf = (seq: number): number => Math.floor(seq / FRAGMENTS_PER_SEGMENT);

/**
 * One rendition of one recording on disk. Every method may reject with the error of the disk. The caller serialises
 * calls.
 */
export class Track {
  readonly rendition: string;
  /** The newest fragment that is in a file; undefined when there is none. */
  last: number | undefined;
  /** Fragments in its finished pieces, including those of earlier runs. */
  fragments = 0;
  readonly #files: Files;
  readonly #paths: ReturnType<typeof paths>;
  readonly #closed: (segment: Segment) => void;
  readonly #index: IndexWriter;
  #running: Running | undefined;
  /** True when a failing disk left a piece that could not be published. */
  #orphaned = false;

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
    this.#index = new IndexWriter(files, where, rendition);
  }

  /**
   * Makes the folder and completes what a killed process left: whole fragments are kept, a truncated one is dropped.
   */
  async recover(): Promise<void> {
    await this.#files.mkdir(this.#paths.rendition(this.rendition));
    await this.#takeStock();
  }

  async #takeStock(): Promise<void> {
    const folder = this.#paths.rendition(this.rendition);
    for (const name of await this.#files.list(folder)) {
      const first = asRunning(name);
      if (first !== undefined) await this.#salvage(first);
    }
    const pieces = (await this.#files.list(folder)).flatMap((name) => asPiece(name) ?? []);
    pieces.sort((a, b) => a.first - b.first);
    for (const piece of pieces) this.#advance(piece.first + piece.count - 1);
    this.fragments = pieces.reduce((sum, { count }) => sum + count, 0);
    await this.#index.recover(pieces).catch(() => undefined);
  }

  /**
   * Called after `close`. Publishes pieces that a failing disk left, and stops work in the background. Files that were
   * removed in the meantime are not created again.
   */
  async finish(): Promise<void> {
    if (this.#orphaned) await this.#takeStock();
    this.#orphaned = false;
    this.#index.stop();
  }

  /** Writes `init.mp4` unless it is already there with the same bytes. */
  async init(bytes: Uint8Array): Promise<void> {
    const path = this.#paths.init(this.rendition);
    if ((await this.#files.read(path))?.equals(bytes)) return;
    await writeWhole(this.#files, path, bytes);
    await this.#files.syncFolder(this.#paths.rendition(this.rendition));
  }

  /** Appends one fragment. A segment that becomes complete is flushed to the disk and published. */
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
      frames: [],
    };
    const running = this.#running;
    await running.file.write(bytes, running.bytes);
    running.bytes += bytes.length;
    running.count++;
    for (const frame of fragmentFrames(bytes)) running.frames.push(frame.length);
    this.#advance(seq);
    if (segmentOf(seq + 1) !== segmentOf(seq)) await this.close();
  }

  /** Flushes and publishes the running piece, if there is one. */
  async close(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    await running.file.sync();
    await this.#publish(running);
    this.#running = undefined;
    await this.#files.syncFolder(this.#paths.rendition(this.rendition));
  }

  /**
   * Called after a failure. Keeps the whole fragments of the running piece if the disk allows it, otherwise leaves them
   * for `recover`.
   */
  async abandon(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    await running.file.close().catch(() => {});
    try {
      const entry = await this.#salvage(running.first);
      if (!entry) return;
      this.fragments += entry.piece.count;
      await this.#index.add(entry);
    } catch {
      this.#orphaned = true;
    }
  }

  async #publish(running: Running): Promise<void> {
    const { first, count, bytes, frames } = running;
    await running.file.close();
    await this.#files.rename(
      this.#paths.running(this.rendition, first),
      this.#paths.piece(this.rendition, { first, count }),
    );
    this.fragments += count;
    await this.#index.add(storedFrom(first, count, bytes, frames));
    this.#closed({ rendition: this.rendition, number: segmentOf(first), first, fragments: count });
  }

  async #salvage(first: number): Promise<StoredPiece | undefined> {
    const path = this.#paths.running(this.rendition, first);
    const bytes = (await this.#files.read(path)) ?? Buffer.alloc(0);
    const whole = wholeFragments(bytes).filter((place, index) => place.seq === first + index);
    const end = whole.at(-1)?.end;
    if (end === undefined) {
      await this.#files.remove(path);
      return undefined;
    }
    if (end < bytes.length) await this.#files.truncate(path, end);
    await this.#files.rename(path, this.#paths.piece(this.rendition, { first, count: whole.length }));
    this.#advance(first + whole.length - 1);
    return storedPiece(first, bytes.subarray(0, end));
  }

  #advance(seq: number): void {
    this.last = this.last === undefined ? seq : Math.max(this.last, seq);
  }
}
