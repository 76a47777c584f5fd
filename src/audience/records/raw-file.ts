/**
 * The raw log: files of what doors said, in the order it came. A file is a row of blocks:
 *
 * | bytes | what |
 * |---|---|
 * | 4 | `ESR1` |
 * | 4 | length of the head, a multiple of 4, little-endian |
 * | 4 | length of the body |
 * | … | head: JSON, filled up with spaces: the room table, the door, when it came; or a door's events |
 * | … | body: records of `wire/session-record.ts` |
 *
 * A file whose writer was killed may end within a block.
 */
import { createReadStream } from 'node:fs';
import type { PostCountList } from '../../wire/posts/post-figures.ts';
import type { RoomEvents } from '../../wire/room-events.ts';
import { RECORD_BYTES } from '../../wire/session-record.ts';

const MAGIC = 0x31525345;
const FIXED = 12;
/** Larger lengths of a head or a body are damage. */
export const MOST_BYTES = 16 << 20;

/** The header of a block. */
export interface RawHead {
  readonly v: 1;
  /** Wall-clock ms at which it came. */
  readonly at: number;
  readonly door: string;
  /** Rooms of the records, by index. */
  readonly rooms?: readonly string[];
  /** The door's life, and what it has counted in it. */
  readonly life?: string;
  readonly events?: Readonly<Record<string, RoomEvents>>;
  /** What happened to posts since the door's batch before. */
  readonly posts?: { readonly number: number; readonly counts: PostCountList };
}

/** One block of a raw file. */
export interface RawBlock {
  readonly head: RawHead;
  /** Words of the records; a copy of its own. */
  readonly words: Int32Array;
  /** Where it begins in its file. */
  readonly offset: number;
}

/** Encodes a block. */
export function encodeBlock(head: RawHead, body: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const length = Math.ceil(text.length / 4) * 4;
  const bytes = Buffer.alloc(FIXED + length + body.length, 0x20);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(length, 4);
  bytes.writeUInt32LE(body.length, 8);
  text.copy(bytes, FIXED);
  bytes.set(body, FIXED + length);
  return bytes;
}

/** The block at a place of some bytes: its head, and where its records begin and end. */
interface FoundBlock {
  readonly head: RawHead;
  readonly body: number;
  readonly end: number;
}

/** Finds the block at `at` of the first `filled` bytes; `more`: it is not all there; `torn`: it is damaged. */
export function blockAt(bytes: Buffer, at: number, filled: number): FoundBlock | 'more' | 'torn' {
  if (filled - at < FIXED) return 'more';
  const [length, body] = [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)];
  if (
    bytes.readUInt32LE(at) !== MAGIC ||
    length > MOST_BYTES ||
    body > MOST_BYTES ||
    body % RECORD_BYTES !== 0
  )
    return 'torn';
  const from = at + FIXED;
  const end = from + length + body;
  if (filled < end) return 'more';
  try {
    return { head: JSON.parse(bytes.toString('utf8', from, from + length)), body: from + length, end };
  } catch {
    return 'torn';
  }
}

/**
 * Reads the complete blocks of a file, starting at an offset; stops at a torn or damaged one. @throws the file system's
 * error.
 */
export async function* readBlocks(path: string, from = 0): AsyncGenerator<RawBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of createReadStream(path, { start: from, highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    for (;;) {
      const found = blockAt(rest, at, rest.length);
      if (found === 'torn') return;
      if (found === 'more') break;
      const { head, body, end } = found;
      // A copy: what is read must lie at a multiple of four.
      const words = new Int32Array(new Uint8Array(rest.subarray(body, end)).buffer);
      yield { head, words, offset };
      offset += end - at;
      at = end;
    }
    rest = rest.subarray(at);
  }
}
