import { appendFile, mkdir, open, rename, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ChainTail, type Entry, lastLineOf, lineAfter, NO_ENTRY, parseLine, tailAt } from './entry.ts';

/** The file system as a journal uses it. Every method rejects with the file system's error. */
export interface JournalFiles {
  /** The last `most` bytes of a file, all of a shorter one, none where there is none. */
  tail(path: string, most: number): Promise<Buffer>;
  /** A file's length; 0 when there is none. */
  size(path: string): Promise<number>;
  append(path: string, text: string): Promise<void>;
  truncate(path: string, length: number): Promise<void>;
  /** Needed only where a journal keeps an older part. */
  rename?(from: string, to: string): Promise<void>;
}

/** The file of a journal, and its limits. */
export interface JournalSettings {
  readonly path: string;
  /** The writer's name, where several processes write into one file; each entry must carry it as `by`. */
  readonly by?: string;
  /** A file larger than this takes no more entries, or becomes the older part. */
  readonly maxBytes: number;
  /** The most entries that wait for the disk; further ones are dropped, and the next one says how many. */
  readonly maxWaiting: number;
  /**
   * True: a full file becomes `olderPart(path)`, in place of the one before it, and the chain goes on in a new file.
   */
  readonly keepsOlder?: boolean;
  /** Default: the machine's. */
  readonly files?: JournalFiles;
  /** Called with the number of entries each time some are lost for good. */
  readonly onLost?: ((entries: number) => void) | undefined;
}

/** No line of a journal with a single writer is longer: so much is read to find its newest. */
const MAX_LINE_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** Where the older part of a journal is: `processes.jsonl` and `processes.old.jsonl`. */
export const olderPart = (path: string): string => path.replace(/(\.jsonl)?$/, '.old.jsonl');

/** Appends entries to one file, in a chain. The caller must not run `flush` twice at the same time. */
export class JournalFile {
  readonly #settings: JournalSettings;
  readonly #files: JournalFiles;
  /** Entries, or lines that have their place in the chain already. */
  readonly #waiting: (Entry | string)[] = [];
  #tail: ChainTail = NO_ENTRY;
  #last: string | undefined;
  /** False until the file was looked at, and after a write that failed: some of it may be on the disk. */
  #known = false;
  /** The lines of that write, and how long the file was before it. */
  #doubtful: { readonly lines: readonly string[]; readonly size: number } | undefined;
  /** Put before the next line where the file does not end with a line feed. */
  #prefix: '' | '\n' = '';
  #untold = 0;
  #lost = 0;
  #full = false;
  /** The file's length; with several writers it may have grown since. */
  #size = 0;

  constructor(settings: JournalSettings) {
    this.#settings = settings;
    this.#files = settings.files ?? diskJournal;
  }

  /** Entries that wait for the disk. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Entries that were never written since it was opened. */
  get lost(): number {
    return this.#lost;
  }

  /** True once an entry was dropped because the file has all it may hold. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Queues an entry, or a line that was made with its place in the chain. False when too many wait: it is dropped, and
   * counted. Never throws.
   */
  add(entry: Entry | string): boolean {
    if (this.#waiting.length >= this.#settings.maxWaiting) {
      this.#lose(1);
      this.#untold += 1;
      return false;
    }
    const says = this.#untold > 0 && typeof entry !== 'string';
    this.#waiting.push(says ? { ...entry, dropped: this.#untold } : entry);
    if (says) this.#untold = 0;
    return true;
  }

  /** The newest line of this writer that is on the disk. A torn end of the file is removed where nobody else writes. */
  async last(): Promise<string | undefined> {
    if (this.#known) return this.#last;
    this.#size = await this.#files.size(this.#settings.path);
    await this.#look();
    return this.#last;
  }

  /**
   * Writes what waits. When the disk refuses, it rejects, nothing is lost, and the next call goes on where this one
   * was.
   */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const { path, maxBytes, by, keepsOlder } = this.#settings;
    const before = this.#size;
    if (!this.#known || by !== undefined) this.#size = await this.#files.size(path);
    if (this.#size > maxBytes && !keepsOlder) return this.#drop();
    if (!this.#known || this.#size < before) await this.#look();
    else if (this.#size > before) await this.#lookFrom(before);
    if (this.#size > maxBytes) {
      await this.#files.rename?.(path, olderPart(path));
      this.#size = 0;
      this.#prefix = '';
    }
    const { lines, tail } = this.#lines();
    if (lines.length === 0) return;
    const text = `${this.#prefix}${lines.join('\n')}\n`;
    try {
      await this.#files.append(path, text);
    } catch (error) {
      this.#known = false;
      this.#doubtful = { lines, size: this.#size };
      throw error;
    }
    this.#size += Buffer.byteLength(text);
    this.#waiting.splice(0, lines.length);
    this.#tail = tail;
    this.#last = lines.at(-1);
    this.#prefix = '';
  }

  /** Makes lines of what waits. What cannot be one, which is a mistake in the program, is dropped and counted. */
  #lines(): { lines: string[]; tail: ChainTail } {
    const lines: string[] = [];
    let tail = this.#tail;
    for (let i = 0; i < this.#waiting.length; ) {
      const next = this.#waiting[i] as Entry | string;
      try {
        const line = typeof next === 'string' ? next : lineAfter(tail, next);
        tail = tailAt(line);
        lines.push(line);
        i += 1;
      } catch {
        this.#waiting.splice(i, 1);
        this.#lose(1);
        this.#untold += 1;
      }
    }
    return { lines, tail };
  }

  /** Counts what still waits as lost: for callers who will not try again. */
  abandon(): void {
    const { length } = this.#waiting;
    this.#waiting.length = 0;
    if (length > 0) this.#lose(length);
  }

  #drop(): void {
    this.#full = true;
    this.abandon();
  }

  #lose(entries: number): void {
    this.#lost += entries;
    this.#settings.onLost?.(entries);
  }

  /** Finds out where the chain stands in a file of this size. */
  async #look(): Promise<void> {
    const { path, by, keepsOlder } = this.#settings;
    if (this.#doubtful?.size === this.#size) {
      // Nothing of the failed write is there, and nobody else has written.
      this.#doubtful = undefined;
      this.#known = true;
      return;
    }
    const most = by === undefined ? MAX_LINE_BYTES : Number.POSITIVE_INFINITY;
    const bytes = await this.#files.tail(path, most);
    let last = lastLineOf(bytes, by);
    this.#prefix = by === undefined ? await this.#mend(bytes) : prefixAfter(bytes);
    if (last === undefined && keepsOlder)
      last = lastLineOf(await this.#files.tail(olderPart(path), most), by);
    if (this.#doubtful) {
      const written = last === undefined ? 0 : this.#doubtful.lines.lastIndexOf(last) + 1;
      this.#waiting.splice(0, written);
      this.#doubtful = undefined;
    }
    this.#last = last;
    this.#tail = tailAt(last);
    this.#known = true;
  }

  /**
   * Looks at what other writers have added since: a torn line, or, from somebody with our name, the end of our chain.
   */
  async #lookFrom(before: number): Promise<void> {
    const { path, by } = this.#settings;
    const bytes = await this.#files.tail(path, this.#size - before);
    this.#prefix = prefixAfter(bytes);
    const last = lastLineOf(bytes, by);
    if (last === undefined) return;
    this.#last = last;
    this.#tail = tailAt(last);
  }

  /** Removes what a write that was cut off left at the end of the file. Returns what the next line must begin with. */
  async #mend(bytes: Buffer): Promise<'' | '\n'> {
    if (prefixAfter(bytes) === '') return '';
    const from = bytes.lastIndexOf(LINE_FEED) + 1;
    // Whole but for its line feed, or no line of ours at all: both stay.
    if (parseLine(bytes.toString('utf8', from)) || (from === 0 && bytes.length < this.#size)) return '\n';
    const whole = this.#size - (bytes.length - from);
    try {
      await this.#files.truncate(this.#settings.path, whole);
    } catch {
      return '\n';
    }
    this.#size = whole;
    return '';
  }
}

/** What the next line must begin with after the end of a file. */
const prefixAfter = (bytes: Buffer): '' | '\n' =>
  bytes.length > 0 && bytes.at(-1) !== LINE_FEED ? '\n' : '';

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The machine's own file system. The folder of a journal is made when it is missing. */
export const diskJournal: JournalFiles = {
  async tail(path, most) {
    const file = await open(path, 'r').catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (!file) return Buffer.alloc(0);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, most);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  },
  size: (path) =>
    stat(path).then(
      (found) => found.size,
      (error: unknown) => {
        if (isAbsent(error)) return 0;
        throw error;
      },
    ),
  // One write in append mode: lines of several processes do not mix.
  async append(path, text) {
    try {
      await appendFile(path, text);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, text);
    }
  },
  truncate: (path, length) => truncate(path, length),
  rename: (from, to) => rename(from, to),
};
