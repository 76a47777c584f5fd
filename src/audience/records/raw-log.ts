import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { encodeBlock, type RawHead } from './raw-file.ts';
import { allFiles, byAge, minuteName } from './raw-folder.ts';

/** Dependencies of the raw log. */
export interface RawLogDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly dir: string;
  /** How long a file is kept, ms. */
  readonly keep: number;
  /** Bytes that all files may take; the oldest are removed above it. */
  readonly quota: number;
  /** A file is whole and will not change: what it holds. */
  closed(file: RawClosed): void;
  /** Nothing could be written between two times, wall-clock ms; so many records are missing. */
  gap(gap: { from: number; to: number; why: string; lost: number }): void;
}

/** A file that is complete. */
export interface RawClosed {
  readonly file: string;
  readonly records: number;
  readonly sha256: string;
}

/** The position of something in the raw log. */
export interface RawPlace {
  readonly file: string;
  readonly offset: number;
}

/** Blocks wait so long for others to be written with them: what is lost when the process is killed. */
const GATHER = ms(100);
/** What waits for a slow disk; more is a gap. */
const MOST_WAITING_BYTES = 64 << 20;
const SWEEP = ms(60_000);
/** Closed files that are remembered. */
const MOST_NAMED = 1_440;
/** While the disk takes nothing it is tried again so often; what comes in between is part of the gap. */
const RETRY_MS = 1_000;

interface Waiting {
  readonly file: string;
  readonly bytes: Buffer;
  readonly records: number;
}

/**
 * Writes the files of raw records, one per minute. It never waits for the disk: what cannot be written is recorded as a
 * gap, with its reason.
 */
export class RawLog implements AsyncDisposable {
  readonly #deps: RawLogDeps;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #timer: Disposable | undefined;
  readonly #sweep: Disposable;
  #open:
    | {
        readonly name: string;
        readonly handle: FileHandle;
        readonly hash: Hash;
        records: number;
        bytes: number;
      }
    | undefined;
  /** The file that new blocks go to, and its length with all that waits. */
  #place: { file: string; offset: number } = { file: '', offset: 0 };
  #minute = '';
  #number = 0;
  #gap: { from: number; to: number; why: string; lost: number } | undefined;
  /** Why the disk takes nothing, and until when it is not asked again, monotonic ms. */
  #refused: { readonly why: string; readonly until: number } | undefined;
  readonly #named = new Set<string>();
  #lost = 0;
  #written = 0;

  constructor(deps: RawLogDeps) {
    this.#deps = deps;
    this.#sweep = deps.clock.every(SWEEP, () => {
      this.#closeOld();
      void this.sweep();
    });
  }

  /** Where the next block goes. */
  get place(): RawPlace {
    return { ...this.#place };
  }

  /** Records that could not be written so far; bytes that were. */
  get lost(): number {
    return this.#lost;
  }
  get written(): number {
    return this.#written;
  }
  get isWell(): boolean {
    return this.#gap === undefined;
  }

  /** True for a file that this process has closed, and said so. */
  isNamed(file: string): boolean {
    return this.#named.has(file);
  }

  /** Begins with file names that do not exist yet, nor come before `after`: somebody may remember a file that was lost. */
  async start(after = ''): Promise<void> {
    await mkdir(this.#deps.dir, { recursive: true, mode: 0o700 });
    const names = await allFiles(this.#deps.dir);
    for (const name of after === '' ? names : [...names, after].sort(byAge)) {
      const [minute, number] = name.split('-');
      if (minute !== this.#minute) this.#number = 0;
      this.#minute = minute ?? '';
      this.#number = Math.max(this.#number, Number.parseInt(number ?? '0', 10) + 1);
    }
  }

  /** Takes a block. Returns its place. */
  write(head: RawHead, body: Uint8Array): RawPlace {
    const bytes = encodeBlock(head, body);
    const records = body.length / 32;
    const minute = minuteName(head.at);
    // A clock that was set back goes on in the file it has.
    if (minute > this.#minute) this.#turn(minute);
    else if (this.#place.file === '') this.#turn(this.#minute);
    const place = this.place;
    if (this.#refused && this.#deps.clock.now() < this.#refused.until) {
      this.#lose(records, head.at, this.#refused.why);
      return place;
    }
    if (this.#bytes + bytes.length > MOST_WAITING_BYTES) {
      this.#lose(records, head.at, 'the disk is too slow');
      return place;
    }
    this.#place.offset += bytes.length;
    this.#waiting.push({ file: place.file, bytes, records });
    this.#bytes += bytes.length;
    this.#timer ??= this.#deps.clock.after(GATHER, () => {
      this.#timer = undefined;
      void this.flush();
    });
    return place;
  }

  #turn(minute: string): void {
    if (minute !== this.#minute) this.#number = 0;
    this.#minute = minute;
    this.#place = { file: `${minute}-${this.#number}.raw`, offset: 0 };
    this.#number += 1;
  }

  /** Nothing came for the new minute: the file of the old one is whole all the same. */
  #closeOld(): void {
    if (this.#place.file === '' || minuteName(this.#deps.clock.wall()) <= this.#minute) return;
    this.#turn(minuteName(this.#deps.clock.wall()));
    this.#waiting.push({ file: this.#place.file, bytes: Buffer.alloc(0), records: 0 });
    void this.flush();
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0 && !this.#timer) void this.flush();
    });
    return this.#writing;
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    for (let i = 0; i < batch.length; ) {
      const { file } = batch[i] as Waiting;
      let end = i;
      while (batch[end]?.file === file) end += 1;
      const blocks = batch.slice(i, end);
      i = end;
      const bytes = blocks.reduce((sum, each) => sum + each.bytes.length, 0);
      const records = blocks.reduce((sum, each) => sum + each.records, 0);
      try {
        await this.#append(
          file,
          blocks.length === 1
            ? (blocks[0] as Waiting).bytes
            : Buffer.concat(blocks.map((each) => each.bytes)),
          records,
        );
        this.#written += bytes;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        this.#refused = {
          why: code === 'ENOSPC' ? 'the disk is full' : String(code ?? error),
          until: this.#deps.clock.now() + RETRY_MS,
        };
        this.#lose(records, this.#deps.clock.wall(), this.#refused.why);
        // Some of it may be there: what comes later goes into another file.
        await this.#close();
        if (this.#place.file === file) this.#turn(this.#minute);
      }
      this.#bytes -= bytes;
    }
  }

  async #append(file: string, bytes: Buffer, records: number): Promise<void> {
    if (this.#open?.name !== file) {
      await this.#close();
      // The first block of a minute makes its file.
      if (bytes.length === 0) return;
      const handle = await open(join(this.#deps.dir, file), 'ax', 0o600);
      this.#open = { name: file, handle, hash: createHash('sha256'), records: 0, bytes: 0 };
    }
    const current = this.#open;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await current.handle.write(bytes, at, bytes.length - at);
      current.hash.update(bytes.subarray(at, at + bytesWritten));
      at += bytesWritten;
      current.bytes += bytesWritten;
    }
    current.records += records;
    this.#refused = undefined;
    if (this.#gap) {
      this.#deps.gap({ ...this.#gap, to: this.#deps.clock.wall() });
      this.#gap = undefined;
    }
  }

  async #close(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    if (!file) return;
    await file.handle.datasync().catch(() => undefined);
    await file.handle.close().catch(() => undefined);
    // A full disk gives a file a name and no place.
    if (file.bytes === 0) return void (await unlink(join(this.#deps.dir, file.name)).catch(() => undefined));
    this.#named.add(file.name);
    if (this.#named.size > MOST_NAMED) this.#named.delete(this.#named.values().next().value as string);
    this.#deps.closed({ file: file.name, records: file.records, sha256: file.hash.digest('hex') });
  }

  #lose(records: number, at: number, why: string): void {
    this.#lost += records;
    if (this.#gap) this.#gap.lost += records;
    else {
      this.#gap = { from: at, to: at, why, lost: records };
      this.#deps.log.error(
        { why, lost: records },
        'raw records of sessions cannot be written: figures go on, and can be recounted only without these',
      );
    }
  }

  /** Removes files that are too old or too many. */
  async sweep(): Promise<void> {
    const { dir, clock, keep, quota, log } = this.#deps;
    const oldest = `${minuteName(clock.wall() - keep)}`;
    let all = 0;
    for (const name of (await allFiles(dir)).reverse()) {
      const path = join(dir, name);
      const { size } = await stat(path).catch(() => ({ size: 0 }));
      all += size;
      if (name === this.#open?.name || (name >= oldest && all <= quota)) continue;
      await unlink(path).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'an old file of raw records could not be removed'),
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweep[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
    while (this.#waiting.length > 0 || this.#writing) await this.flush();
    await this.#close();
  }
}
