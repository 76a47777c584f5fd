import { dirname, join } from 'node:path';
import type { EvidenceFiles, WritableFile } from './files.ts';
import { TILE_WIDTH, tileFile } from './tree/tile.ts';

/** Longest entry in bytes, because its length is written in 16 bits. Spec: C2SP tlog-tiles, Log entries. */
export const MAX_ENTRY_BYTES = 0xffff;
const LENGTH_BYTES = 2;
/** A full file of the longest entries: 16.8 MB. */
const MAX_FILE_BYTES = TILE_WIDTH * (LENGTH_BYTES + MAX_ENTRY_BYTES);

/** Encodes entries as they are stored in a file: each after its length. */
export function encodeEntries(entries: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/** The complete entries at the beginning of a file, at most 256, and the offset at which they end. */
export function decodeEntries(bytes: Buffer): { readonly entries: readonly Buffer[]; readonly end: number } {
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < TILE_WIDTH && at + LENGTH_BYTES <= bytes.length) {
    const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return { entries, end: at };
}

/**
 * True for bytes that can be an entry: canonical JSON of an object. After a power failure a file may end with zeros.
 */
export function isEntry(bytes: Buffer): boolean {
  if (bytes[0] !== 0x7b || bytes.at(-1) !== 0x7d) return false;
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

/**
 * The files of entries, 256 in each, in the form in which they are served. They are the only files of the log that
 * cannot be rebuilt from others.
 */
export class EntryFiles {
  readonly #files: EvidenceFiles;
  readonly #dir: string;
  #current: { readonly number: number; readonly file: WritableFile } | undefined;
  /** Bytes of the current file that are committed. */
  #length = 0;
  /** True when there may be more in it. */
  #torn = false;

  constructor(files: EvidenceFiles, dir: string) {
    this.#files = files;
    this.#dir = dir;
  }

  #path(number: number): string {
    return join(this.#dir, tileFile({ level: 'entries', index: number }));
  }

  /** The bytes of one file as they are on the disk. */
  read(number: number): Promise<Buffer> {
    return this.#files.read(this.#path(number), 0, MAX_FILE_BYTES);
  }

  /** Says where the log ends: `length` bytes of the file `number`. What is behind it is cut off. */
  async begin(number: number, length: number): Promise<void> {
    await this.#close();
    this.#length = length;
    // A log that has just begun has no folder.
    if ((await this.#files.size(this.#path(number))) > length) {
      await this.#open(number);
      this.#torn = true;
      await this.#cut();
      await this.#current?.file.sync();
    }
    // Of a group that was never committed.
    await this.#files.remove(this.#path(number + 1));
  }

  /**
   * Writes entries behind the last, and waits for the disk. `first` is the index of the first; all are in one file.
   * When it rejects, nothing was committed, and the next call writes over whatever arrived.
   */
  async append(first: number, entries: readonly Buffer[]): Promise<number> {
    const number = Math.floor(first / TILE_WIDTH);
    const bytes = encodeEntries(entries);
    if (first % TILE_WIDTH === 0 && this.#current?.number !== number) {
      await this.#close();
      this.#length = 0;
    }
    await this.#open(number);
    const { file } = this.#current as { file: WritableFile };
    try {
      await this.#cut();
      this.#torn = true;
      await file.write(bytes, this.#length);
      await file.sync();
    } catch (error) {
      // A failed fsync may have thrown away what it should have kept: everything is written again, to a fresh handle.
      await this.#close();
      throw error;
    }
    this.#torn = false;
    this.#length += bytes.length;
    return bytes.length;
  }

  async #cut(): Promise<void> {
    if (!this.#torn) return;
    await this.#current?.file.truncate(this.#length);
    this.#torn = false;
  }

  async #open(number: number): Promise<void> {
    if (this.#current?.number === number) return;
    const path = this.#path(number);
    const folder = dirname(path);
    const made = await this.#files.mkdir(folder);
    const file = await this.#files.open(path);
    this.#current = { number, file };
    try {
      // The new name, and those of new folders: tile, entries, and two of a thousand files each at most.
      let at = folder;
      for (let up = 0; up < (made ? 5 : 1); up++, at = dirname(at)) await this.#files.syncFolder(at);
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const file = this.#current?.file;
    this.#current = undefined;
    await file?.close().catch(() => undefined);
  }

  /** Closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
