import { crc32 } from 'node:zlib';
import { fragmentFrames, wholeFragments } from '../media/boxes.ts';
import type { Piece, Pieces } from '../wire/recording.ts';

/**
 * The index of one rendition. The recorder extends it as pieces close, so that no query needs to list the folder or
 * read a piece. `pieces.idx` has one line per piece: first fragment (u32), fragments (u16), frames (u16), bytes of
 * the file (u32), bytes of its sound (u32), CRC-32 of these. `frames.idx` has the size of each frame (u16), in order.
 * All numbers are big-endian.
 */
export const INDEX_LINE_BYTES = 20;
/** Bytes of one frame's size. */
export const SIZE_BYTES = 2;
const CHECKED_BYTES = 16;

/** One piece according to the index. */
export interface IndexedPiece extends Required<Piece> {}

/** An index entry: a piece and the sizes of its frames. */
export interface StoredPiece {
  readonly piece: IndexedPiece;
  readonly sizes: Buffer;
}

/** The entry of a finished piece with these bytes. */
export function storedPiece(first: number, bytes: Uint8Array): StoredPiece {
  const places = wholeFragments(bytes);
  const frames = places.flatMap(({ start, end }) => fragmentFrames(bytes.subarray(start, end)));
  return storedFrom(
    first,
    places.length,
    bytes.length,
    frames.map((frame) => frame.length),
  );
}

/** The entry of a piece whose frame sizes are known. */
export function storedFrom(
  first: number,
  count: number,
  bytes: number,
  frameSizes: readonly number[],
): StoredPiece {
  const sizes = Buffer.allocUnsafe(frameSizes.length * SIZE_BYTES);
  let sound = 0;
  for (const [index, size] of frameSizes.entries()) {
    sizes.writeUInt16BE(Math.min(size, 0xffff), index * SIZE_BYTES);
    sound += size;
  }
  return { piece: { first, count, bytes, frames: frameSizes.length, sound }, sizes };
}

/** A piece as a line of `pieces.idx`. */
export function indexLine({ first, count, frames, bytes, sound }: IndexedPiece): Buffer {
  const line = Buffer.allocUnsafe(INDEX_LINE_BYTES);
  line.writeUInt32BE(first, 0);
  line.writeUInt16BE(count, 4);
  line.writeUInt16BE(frames, 6);
  line.writeUInt32BE(bytes, 8);
  line.writeUInt32BE(sound, 12);
  line.writeUInt32BE(crc32(line.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return line;
}

/** The pieces of one rendition according to its index, 20 bytes each: half a million are 10 MB. */
export class PieceIndex implements Pieces {
  readonly #lines: Buffer;
  readonly length: number;

  /** Reads the whole lines at the beginning of `bytes`, up to the first that is torn or out of order. */
  constructor(bytes: Buffer) {
    this.#lines = bytes;
    let length = 0;
    let next = 0;
    for (let at = 0; at + INDEX_LINE_BYTES <= bytes.length; at += INDEX_LINE_BYTES) {
      const first = bytes.readUInt32BE(at);
      const count = bytes.readUInt16BE(at + 4);
      const whole = crc32(bytes.subarray(at, at + CHECKED_BYTES)) === bytes.readUInt32BE(at + CHECKED_BYTES);
      if (!whole || count === 0 || first < next) break;
      next = first + count;
      length++;
    }
    this.length = length;
  }

  /** The index of entries in order. */
  static of(pieces: Iterable<IndexedPiece>): PieceIndex {
    return new PieceIndex(Buffer.concat([...pieces].map(indexLine)));
  }

  at(index: number): IndexedPiece | undefined {
    const wanted = index < 0 ? this.length + index : index;
    if (wanted < 0 || wanted >= this.length) return undefined;
    const at = wanted * INDEX_LINE_BYTES;
    const lines = this.#lines;
    return {
      first: lines.readUInt32BE(at),
      count: lines.readUInt16BE(at + 4),
      frames: lines.readUInt16BE(at + 6),
      bytes: lines.readUInt32BE(at + 8),
      sound: lines.readUInt32BE(at + 12),
    };
  }

  *[Symbol.iterator](): Generator<IndexedPiece> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as IndexedPiece;
  }

  /** Bytes of whole lines. */
  get lineBytes(): Buffer {
    return this.#lines.subarray(0, this.length * INDEX_LINE_BYTES);
  }

  /** Frames of all pieces; `frames.idx` holds one size for each. */
  get frames(): number {
    let sum = 0;
    for (let at = 0; at < this.length * INDEX_LINE_BYTES; at += INDEX_LINE_BYTES)
      sum += this.#lines.readUInt16BE(at + 6);
    return sum;
  }

  /** True when these are exactly the pieces that a folder lists, in order. */
  matches(listed: readonly Piece[]): boolean {
    if (listed.length !== this.length) return false;
    return listed.every(({ first, count }, index) => {
      const at = index * INDEX_LINE_BYTES;
      return this.#lines.readUInt32BE(at) === first && this.#lines.readUInt16BE(at + 4) === count;
    });
  }
}
