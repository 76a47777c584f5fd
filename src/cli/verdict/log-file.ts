import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { EarshotError } from '../../base/errors.ts';
import {
  describedFormat,
  emptyRequest,
  FORMAT_LINES,
  type LogFormat,
  type OpenVerdict,
  recogniseFormat,
} from '../../verdict/index.ts';

/** Read at once. Larger blocks become larger strings, which are collected late. */
const BLOCK = 1 << 16;
/** A line is cut from here on; nobody's request line is longer than a few kilobytes. */
const MOST_LINE = 1 << 18;
/** Letters of an unreadable line that are shown. */
const EXAMPLE = 120;
const LINE_FEED = 10;

/** What came of one file. */
export interface LogFileResult {
  readonly name: string;
  readonly format: string;
  readonly lines: number;
  readonly unread: number;
  readonly example?: string;
  readonly durations: boolean;
}

/**
 * Feeds one log to a verdict, block by block; `progress` gets the bytes read from the disk. `-` is the standard input.
 * Without a description of its format it is recognised.
 */
export async function readLogFile(
  path: string,
  verdict: OpenVerdict,
  progress: (bytes: number) => void,
  description?: string,
): Promise<LogFileResult> {
  const reader = new LineReader(verdict, description);
  try {
    for await (const block of await plain(path === '-' ? standardInput() : blocksOf(path), progress))
      reader.block(block as Buffer);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EarshotError('unprocessable', `${path} cannot be read (${code ?? message})`, { cause: error });
  }
  return reader.end(path === '-' ? 'standard input' : path);
}

/** By its descriptor: a thread has no standard input of its own. */
const standardInput = (): Readable => createReadStream('', { fd: 0, autoClose: false, highWaterMark: BLOCK });

/** The blocks of a file, all in the same buffer: each is used up before the next is read. */
async function* blocksOf(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const buffer = Buffer.allocUnsafe(BLOCK);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, BLOCK, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Uncompressed blocks: gzip and Zstandard are told by their first bytes. */
async function plain(
  source: AsyncIterable<unknown>,
  progress: (bytes: number) => void,
): Promise<AsyncIterable<unknown>> {
  const blocks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await blocks.next();
  const magic = first.done ? Buffer.alloc(0) : Buffer.from(first.value.subarray(0, 4));
  async function* all(): AsyncGenerator<Buffer> {
    if (first.done) return;
    for (let next: IteratorResult<Buffer> = first; !next.done; next = await blocks.next()) {
      progress(next.value.length);
      yield next.value;
    }
  }
  const packed =
    magic[0] === 0x1f && magic[1] === 0x8b
      ? createGunzip({ chunkSize: BLOCK })
      : magic.length >= 4 && magic.readUInt32LE(0) === 0xfd2fb528
        ? createZstdDecompress({ chunkSize: BLOCK })
        : undefined;
  if (!packed) return all();
  // What is unpacked is read later, so it needs blocks of its own.
  const from = Readable.from(copies(all()));
  from.on('error', (error) => packed.destroy(error));
  return from.pipe(packed);
}

async function* copies(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const block of blocks) yield Buffer.from(block);
}

/** Cuts blocks into lines and gives them to the format that the first of them have. */
class LineReader {
  readonly #verdict: OpenVerdict;
  readonly #description: string | undefined;
  readonly #request = emptyRequest();
  #rest = Buffer.alloc(0);
  #first: string[] | undefined = [];
  #format: LogFormat | undefined;
  #lines = 0;
  #unread = 0;
  #example: string | undefined;
  #durations = false;

  constructor(verdict: OpenVerdict, description: string | undefined) {
    this.#verdict = verdict;
    this.#description = description;
  }

  block(block: Buffer): void {
    const end = block.lastIndexOf(LINE_FEED);
    if (end < 0) {
      if (this.#rest.length < MOST_LINE) this.#rest = Buffer.concat([this.#rest, block]);
      return;
    }
    // Cut at a line feed, so that no letter is divided.
    const whole = block.subarray(0, end);
    const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, whole]).toString() : whole.toString();
    this.#rest = Buffer.from(block.subarray(end + 1));
    this.#cut(text);
  }

  end(name: string): LogFileResult {
    if (this.#rest.length > 0) this.#cut(this.#rest.toString());
    this.#begin();
    const example = this.#example;
    return {
      ...{ name, format: this.#format?.name ?? 'not recognised', lines: this.#lines, unread: this.#unread },
      ...(example === undefined ? {} : { example }),
      durations: this.#durations,
    };
  }

  #cut(text: string): void {
    for (let from = 0; from <= text.length; ) {
      let to = text.indexOf('\n', from);
      if (to < 0) to = text.length;
      const end = text.charCodeAt(to - 1) === 13 ? to - 1 : to;
      if (end > from) this.#line(text.slice(from, end));
      from = to + 1;
    }
  }

  #line(line: string): void {
    if (this.#first) {
      this.#first.push(line);
      if (this.#first.length >= FORMAT_LINES) this.#begin();
      return;
    }
    const format = this.#format;
    if (line.charCodeAt(0) === 35) {
      // A comment; in some formats it names the columns of what follows.
      if (format?.kind === 'requests') format.parse(line, this.#request);
      return;
    }
    this.#lines++;
    if (format?.kind === 'requests') {
      if (format.parse(line, this.#request)) this.#verdict.add(this.#request);
      else this.#refuse(line);
    } else if (format) {
      const row = format.row(line);
      if (row) this.#verdict.count(row);
      else if (this.#lines > 1) this.#refuse(line);
      else this.#lines = 0;
    } else this.#refuse(line);
  }

  /** Chooses the format, and reads the lines that were kept for it. */
  #begin(): void {
    const kept = this.#first;
    if (!kept) return;
    this.#first = undefined;
    const description = this.#description;
    this.#format = description === undefined ? recogniseFormat(kept) : describedFormat(description, kept);
    if (this.#format?.kind === 'requests') this.#durations = this.#format.durations;
    for (const line of kept) this.#line(line);
  }

  #refuse(line: string): void {
    this.#unread++;
    this.#example ??= line.slice(0, EXAMPLE).replace(/[^\x20-\x7e]/g, '?');
  }
}
