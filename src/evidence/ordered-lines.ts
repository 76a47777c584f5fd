import { canonical } from '../journal/index.ts';
import type { EvidenceFiles, WritableFile } from './files.ts';

/** No line of these files is longer. */
const MAX_LINE_BYTES = 4_096;
/** So near what is sought, lines are read one after the other. */
const NEAR_BYTES = 16_384;
/** In so much of the end, the last whole line is looked for. */
const TAIL_BYTES = 65_536;
const LINE_FEED = 0x0a;

/**
 * A file of JSON lines in order of a number. It is searched on disk by that number, so its size does not matter, and
 * lines are appended.
 */
export class OrderedLines<Line extends object> {
  readonly #files: EvidenceFiles;
  readonly #path: string;
  readonly #order: (line: Line) => number;
  #file: WritableFile | undefined;
  #length = 0;
  #torn = false;

  private constructor(files: EvidenceFiles, path: string, order: (line: Line) => number) {
    this.#files = files;
    this.#path = path;
    this.#order = order;
  }

  /** Opens a file, and cuts off a line that was never finished. */
  static async open<Line extends object>(
    files: EvidenceFiles,
    path: string,
    order: (line: Line) => number,
  ): Promise<OrderedLines<Line>> {
    const lines = new OrderedLines<Line>(files, path, order);
    const size = await files.size(path);
    lines.#length = size;
    const tail = await lines.#read(Math.max(0, size - TAIL_BYTES));
    for (let end = tail.length; size > 0; ) {
      const feed = end < 1 ? -1 : tail.lastIndexOf(LINE_FEED, end - 1);
      const begin = feed < 1 ? 0 : tail.lastIndexOf(LINE_FEED, feed - 1) + 1;
      // A line of zeros is left by a loss of power.
      if (feed < 0 || parse(tail.subarray(begin, feed)) !== undefined) {
        lines.#length = size - tail.length + feed + 1;
        break;
      }
      end = begin;
    }
    lines.#torn = lines.#length < size;
    return lines;
  }

  /** Bytes. */
  get length(): number {
    return this.#length;
  }

  /** The last line. */
  async last(): Promise<Line | undefined> {
    return (await this.newest(1))[0];
  }

  /** The last `most` lines, oldest first; fewer when they are long. */
  async newest(most: number): Promise<Line[]> {
    const bytes = await this.#read(Math.max(0, this.#length - (most + 1) * MAX_LINE_BYTES));
    return bytes
      .toString()
      .split('\n')
      .flatMap((text) => parse<Line>(Buffer.from(text)) ?? [])
      .slice(-most);
  }

  /** Adds a line, and waits for the disk. When it rejects, nothing was added. */
  async add(line: Line, sure: boolean): Promise<void> {
    const bytes = Buffer.from(`${canonical(line as never)}\n`);
    if (bytes.length > MAX_LINE_BYTES) throw new RangeError(`a line of ${bytes.length} bytes is too long`);
    this.#file ??= await this.#files.open(this.#path);
    try {
      if (this.#torn) await this.#file.truncate(this.#length);
      this.#torn = true;
      await this.#file.write(bytes, this.#length);
      if (sure) await this.#file.sync();
    } catch (error) {
      await this.#file.close().catch(() => undefined);
      this.#file = undefined;
      throw error;
    }
    this.#torn = false;
    this.#length += bytes.length;
  }

  /** The lines from the first on whose number is at least `least`. */
  async *from(least: number): AsyncGenerator<Line, void, undefined> {
    let [low, high] = [0, this.#length];
    while (high - low > NEAR_BYTES) {
      const middle = Math.floor((low + high) / 2);
      const [found] = await this.#linesAt(middle, 2 * MAX_LINE_BYTES);
      if (found && this.#order(found.line) < least) low = found.at;
      else high = middle;
    }
    for (let at = low; at < this.#length; ) {
      const found = await this.#linesAt(at, NEAR_BYTES);
      for (const { line } of found) if (this.#order(line) >= least) yield line;
      const next = found.at(-1)?.end ?? at;
      if (next <= at) return;
      at = next;
    }
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #read(from: number, most = this.#length - from): Promise<Buffer> {
    return this.#files.read(this.#path, from, Math.max(0, Math.min(most, this.#length - from)));
  }

  /** The whole lines that begin in a part of the file. */
  async #linesAt(from: number, most: number): Promise<{ at: number; end: number; line: Line }[]> {
    // One byte more, to see whether a line begins here.
    const start = Math.max(0, from - 1);
    const bytes = await this.#read(start, most + 1);
    const found: { at: number; end: number; line: Line }[] = [];
    for (let at = start === from ? 0 : bytes.indexOf(LINE_FEED) + 1; ; ) {
      const feed = bytes.indexOf(LINE_FEED, at);
      if (feed < 0) return found;
      const line = parse<Line>(bytes.subarray(at, feed));
      if (line) found.push({ at: start + at, end: start + feed + 1, line });
      at = feed + 1;
    }
  }
}

function parse<Line>(bytes: Buffer): Line | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    return JSON.parse(bytes.toString()) as Line;
  } catch {
    return undefined;
  }
}
