import type { Piece } from '../wire/recording.ts';
import { type Files, writeWhole } from './files.ts';
import type { paths } from './layout.ts';
import {
  INDEX_LINE_BYTES,
  indexLine,
  PieceIndex,
  SIZE_BYTES,
  type StoredPiece,
  storedPiece,
} from './piece-index.ts';

/**
 * A recording that lacks more index entries than this, such as one from before there were indexes, is indexed in the
 * background.
 */
const MAX_AT_ONCE = 64;

/** The paths of an index. */
type Paths = ReturnType<typeof paths>;

/**
 * Writes the index of one rendition. A failure costs no sound: entries that could not be written wait for the next
 * piece, and a reader repairs the rest when the room is over.
 */
export class IndexWriter {
  readonly #files: Files;
  readonly #paths: Paths;
  readonly #rendition: string;
  /** Lengths of the two files that are certain to be intact; anything beyond is a torn tail. */
  #length = { lines: 0, sizes: 0 };
  #waiting: StoredPiece[] = [];
  /** Pieces that were published while older ones are being examined. */
  #later: StoredPiece[] = [];
  #torn = false;
  #background: Promise<void> | undefined;
  #stopped = false;

  constructor(files: Files, where: Paths, rendition: string) {
    this.#files = files;
    this.#paths = where;
    this.#rendition = rendition;
  }

  /**
   * Compares the index with the pieces on the disk, in order, and adds entries that a kill or an older version left
   * out.
   */
  async recover(listed: readonly Piece[]): Promise<void> {
    await this.#background;
    const kept = await readIndex(this.#files, this.#paths, this.#rendition);
    const sizes = kept.frames * SIZE_BYTES;
    const whole = (await this.#files.size(this.#paths.frames(this.#rendition))) >= sizes;
    const known = whole && kept.matches(listed.slice(0, kept.length)) ? kept.length : 0;
    this.#length = { lines: known * INDEX_LINE_BYTES, sizes: known === 0 ? 0 : sizes };
    this.#torn = true;
    // The waiting entries are among the missing ones and would otherwise be written twice.
    this.#waiting = [];
    this.#later = [];
    const missing = listed.slice(known);
    if (missing.length <= MAX_AT_ONCE) {
      for (const piece of missing) await this.#look(piece);
      await this.#flush();
      return;
    }
    this.#background = this.#rebuild(missing);
  }

  /** Adds a piece that has just been published. Never rejects. */
  async add(entry: StoredPiece): Promise<void> {
    (this.#background ? this.#later : this.#waiting).push(entry);
    if (!this.#background) await this.#flush();
  }

  /** Stops work in the background; a reader or the next run does the rest. */
  stop(): void {
    this.#stopped = true;
  }

  async #rebuild(missing: readonly Piece[]): Promise<void> {
    for (const piece of missing) {
      if (this.#stopped) return;
      await this.#look(piece).catch(() => undefined);
      if (this.#waiting.length >= MAX_AT_ONCE) await this.#flush();
    }
    do {
      this.#waiting.push(...this.#later.splice(0));
      await this.#flush();
    } while (this.#later.length > 0);
    // In one step with the last check, so that pieces from now on are written at once.
    this.#background = undefined;
  }

  async #look(piece: Piece): Promise<void> {
    const bytes = await this.#files.read(this.#paths.piece(this.#rendition, piece));
    if (bytes) this.#waiting.push(storedPiece(piece.first, bytes));
  }

  async #flush(): Promise<void> {
    const entries = this.#waiting;
    if (entries.length === 0 && !this.#torn) return;
    const [lines, sizes] = [this.#paths.index(this.#rendition), this.#paths.frames(this.#rendition)];
    try {
      if (this.#torn) {
        await cut(this.#files, lines, this.#length.lines);
        await cut(this.#files, sizes, this.#length.sizes);
        this.#torn = false;
      }
      if (entries.length === 0) return;
      const more = {
        lines: Buffer.concat(entries.map(({ piece }) => indexLine(piece))),
        sizes: Buffer.concat(entries.map((entry) => entry.sizes)),
      };
      this.#torn = true;
      // A line is trusted by readers, so the sizes that it covers are written before it.
      await this.#files.append(sizes, more.sizes);
      await this.#files.append(lines, more.lines);
      this.#torn = false;
      this.#length.lines += more.lines.length;
      this.#length.sizes += more.sizes.length;
      this.#waiting.splice(0, entries.length);
    } catch {
      // Trouble with the disk is reported by the recorder, which writes to the same place.
    }
  }
}

/** The index of a rendition as it is on the disk; empty when there is none. */
export async function readIndex(files: Files, where: Paths, rendition: string): Promise<PieceIndex> {
  return new PieceIndex((await files.read(where.index(rendition))) ?? Buffer.alloc(0));
}

/** Writes a whole index, so that a reader sees the old one or the new one. */
export async function writeIndex(
  files: Files,
  where: Paths,
  rendition: string,
  entries: readonly StoredPiece[],
): Promise<void> {
  await writeWhole(files, where.frames(rendition), Buffer.concat(entries.map(({ sizes }) => sizes)));
  await writeWhole(
    files,
    where.index(rendition),
    Buffer.concat(entries.map(({ piece }) => indexLine(piece))),
  );
}

async function cut(files: Files, path: string, length: number): Promise<void> {
  if ((await files.size(path)) > length) await files.truncate(path, length);
}
