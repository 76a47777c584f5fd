import { join } from 'node:path';
import type { EvidenceFiles } from './files.ts';

/** Bytes of a number in an index file: where in the log an entry is. */
const BYTES = 6;
/** Rooms whose place is held in memory; others are looked up when they are written to. */
const MOST_HELD = 4_096;
/** Numbers that are read at once. */
const CHUNK = 4_096;

/**
 * The name under which entries are listed that belong to no room but that every bundle needs: keys, definitions, gaps.
 * No room can have this name.
 */
export const GENERAL = '_log';

/**
 * The end of a room's chain: the number of its entries, and the index of the last one in the log; -1 before the first.
 */
export interface RoomTail {
  readonly count: number;
  readonly last: number;
}

const NOTHING: RoomTail = { count: 0, last: -1 };

const decode = (bytes: Buffer): number[] =>
  Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, n) => bytes.readUIntBE(n * BYTES, BYTES));

/**
 * A file per room with the indices of the room's entries. It is built from the entries: what a crash or a full disk
 * left out is added when the log is opened, or before the next entry.
 */
export class RoomIndex {
  readonly #files: EvidenceFiles;
  readonly #dir: string;
  readonly #held = new Map<string, RoomTail>();

  constructor(files: EvidenceFiles, dir: string) {
    this.#files = files;
    this.#dir = join(dir, 'rooms');
  }

  /** The folder of the files. */
  get folder(): string {
    return this.#dir;
  }

  /** The file of a room. */
  path(room: string): string {
    return join(this.#dir, `${room}.idx`);
  }

  /** Where a room stands. */
  async tail(room: string): Promise<RoomTail> {
    const held = this.#held.get(room);
    if (held) return held;
    const count = Math.floor((await this.#files.size(this.path(room))) / BYTES);
    if (count === 0) return NOTHING;
    const [last = -1] = decode(await this.#files.read(this.path(room), (count - 1) * BYTES, BYTES));
    return this.#hold(room, { count, last });
  }

  /**
   * Where a room stood when the log had `size` entries; the rest of its file counts no more. For after a kill: what a
   * loss of power left may be nonsense.
   */
  async repair(room: string, size: number): Promise<RoomTail> {
    let tail = NOTHING;
    reading: for (let at = 0; ; at += CHUNK) {
      const numbers = decode(await this.#files.read(this.path(room), at * BYTES, CHUNK * BYTES));
      for (const number of numbers) {
        if (number <= tail.last || number >= size) break reading;
        tail = { count: tail.count + 1, last: number };
      }
      if (numbers.length < CHUNK) break;
    }
    if ((await this.#files.size(this.path(room))) > tail.count * BYTES) {
      const file = await this.#files.open(this.path(room));
      await file.truncate(tail.count * BYTES).finally(() => file.close());
    }
    return this.#hold(room, tail);
  }

  /** Writes indices of a room behind `tail`. When it rejects, the next call writes over whatever arrived. */
  async write(room: string, tail: RoomTail, indices: readonly number[]): Promise<void> {
    const bytes = Buffer.allocUnsafe(indices.length * BYTES);
    for (const [n, index] of indices.entries()) bytes.writeUIntBE(index, n * BYTES, BYTES);
    const file = await this.#files.open(this.path(room));
    try {
      await file.write(bytes, tail.count * BYTES);
    } finally {
      await file.close();
    }
    this.#hold(room, { count: tail.count + indices.length, last: indices.at(-1) ?? tail.last });
  }

  /** The indices of a room's entries below `size`, in order, as they are on the disk. */
  async *indices(room: string, size: number): AsyncGenerator<number, void, undefined> {
    for (let at = 0; ; at += CHUNK) {
      const numbers = decode(await this.#files.read(this.path(room), at * BYTES, CHUNK * BYTES));
      for (const number of numbers) {
        if (number >= size) return;
        yield number;
      }
      if (numbers.length < CHUNK) return;
    }
  }

  #hold(room: string, tail: RoomTail): RoomTail {
    this.#held.delete(room);
    this.#held.set(room, tail);
    if (this.#held.size > MOST_HELD) this.#held.delete(this.#held.keys().next().value as string);
    return tail;
  }
}
