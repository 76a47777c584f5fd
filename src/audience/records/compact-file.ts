/**
 * A compact file: what a minute file of the raw log says, each session once, in columns.
 *
 * | bytes | what |
 * |---|---|
 * | 4 | `ESC1` |
 * | 4 | length of the head, little-endian |
 * | … | head: JSON, `CompactHead` |
 * | … | the columns, in the order of `SESSION_COLUMNS`, then those of `MINUTE_COLUMNS` for each minute |
 *
 * Rows stand in the order of the upper half of their session id. Words are cut into planes of bytes, the lowest first.
 * Each column is compressed (Zstandard) or stored, whatever is smaller. Spec: RFC 8878.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { RECORD_BYTES } from '../../wire/session-record.ts';
import type { RawBlock, RawHead } from './raw-file.ts';

const MAGIC = 0x31435345;
const FIXED = 8;
const WORDS = RECORD_BYTES / 4;
/** Records in one block that is read. */
const BLOCK_ROWS = 131_072;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
/** So long after a minute its records have come, but for proofs of its last seconds; samples of it can be taken then. */
const MINUTE_SETTLED_MS = 40_000;
const MINUTE_MS = 60_000;

/** Columns of the sessions, with their bytes a row: upper half of the id (as a difference), lower half, listener key. */
const SESSION_COLUMNS = [4, 4, 4, 4, 2, 1] as const;
/** Columns of a minute, bits for all sessions first: transport and flags, exclusion, delivered, proven, proofs. */
const MINUTE_COLUMNS = [1, 1, 3, 3, 1] as const;

/** What a compact file begins with. */
export interface CompactHead {
  readonly v: 1;
  /** Wall-clock ms at which the first and the last block of the raw file came. */
  readonly from: number;
  readonly to: number;
  /** Records of the raw file. */
  readonly raw: number;
  readonly rooms: readonly string[];
  /** The newest sums of each door's life. */
  readonly events: readonly RawHead[];
  readonly sessions: number;
  /** Whole minutes since 1970, in order, and how many sessions have a record of it. */
  readonly minutes: readonly { readonly minute: number; readonly rows: number }[];
  /** Bytes of each column in the file; negative: stored as it is. */
  readonly columns: readonly number[];
}

/** Sessions and their minutes as a compact file holds them; rows are sessions at a door. */
export interface CompactRows {
  readonly count: number;
  readonly idLow: Uint32Array;
  readonly idHigh: Uint32Array;
  readonly keyLow: Uint32Array;
  readonly keyHigh: Uint32Array;
  readonly room: Uint16Array;
  readonly door: Uint8Array;
  readonly minutes: ReadonlyMap<number, CompactMinute>;
}

/** What all rows have of one minute. */
export interface CompactMinute {
  /** 1 where a row has a record. */
  readonly has: Uint8Array;
  readonly kind: Uint8Array;
  readonly exclusion: Uint8Array;
  /** Six slots. */
  readonly delivered: Uint32Array;
  /** Six slots, and the bits of proofs above them. */
  readonly proven: Uint32Array;
}

type Column = Uint8Array | Uint16Array | Uint32Array;

/** Some of all sessions: those whose id leaves `number` when it is divided by `of`, a power of two. */
export interface Slice {
  readonly number: number;
  readonly of: number;
}
/** All sessions. */
export const WHOLE: Slice = { number: 0, of: 1 };

/** The bytes of a compact file. `rows` are in any order. */
export function encodeCompact(
  rows: CompactRows,
  head: Pick<CompactHead, 'from' | 'to' | 'raw' | 'rooms' | 'events'>,
): Buffer {
  const order = orderOf(rows.idHigh.subarray(0, rows.count));
  const columns: Buffer[] = [];
  const lengths: number[] = [];
  const put = (bytes: Uint8Array): void => {
    const packed = zstdCompressSync(bytes, LEVEL);
    const smaller = packed.length < bytes.length;
    columns.push(smaller ? packed : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    lengths.push(smaller ? packed.length : -bytes.length);
  };
  const differences = new Uint32Array(rows.count);
  order.forEach((row, i) => {
    const before = i === 0 ? 0 : (rows.idHigh[order[i - 1] as number] as number);
    differences[i] = (rows.idHigh[row] as number) - before;
  });
  put(planes(differences, identity(rows.count), 4));
  const { idLow, keyLow, keyHigh, room, door } = rows;
  [idLow, keyLow, keyHigh, room, door].forEach((column: Column, i) => {
    put(planes(column, order, SESSION_COLUMNS[i + 1] as number));
  });
  const minutes = [...rows.minutes].toSorted(([a], [b]) => a - b);
  const found = minutes.map(([minute, of]) => {
    const some = order.filter((row) => of.has[row] === 1);
    put(bits(of.has, order));
    const { kind, exclusion, delivered, proven } = of;
    [kind, exclusion, delivered, proven].forEach((column: Column, i) => {
      put(planes(column, some, MINUTE_COLUMNS[i] as number));
    });
    put(planes(proven, some, 1, 3));
    return { minute, rows: some.length };
  });
  const text = Buffer.from(
    JSON.stringify({
      ...{ v: 1, ...head, sessions: rows.count, minutes: found, columns: lengths },
    } satisfies CompactHead),
  );
  const fixed = Buffer.alloc(FIXED);
  fixed.writeUInt32LE(MAGIC, 0);
  fixed.writeUInt32LE(text.length, 4);
  return Buffer.concat([fixed, text, ...columns]);
}

/**
 * Reads a compact file as blocks: the records of each minute in turn, as if they had come when they were all there, and
 * the events. With a `slice`, only the records of its sessions. @throws RangeError when it is damaged.
 */
export function* decodeCompact(bytes: Buffer, { number, of: slices }: Slice = WHOLE): Generator<RawBlock> {
  if (bytes.length < FIXED || bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('not a compact file');
  let at = FIXED + bytes.readUInt32LE(4);
  const head = JSON.parse(bytes.toString('utf8', FIXED, at)) as CompactHead;
  let next = 0;
  const column = (length: number): Uint8Array => {
    const stored = head.columns[next++] ?? 0;
    const part = bytes.subarray(at, at + Math.abs(stored));
    at += Math.abs(stored);
    const whole = stored > 0 ? zstdDecompressSync(part) : part;
    if (whole.length !== length) throw new RangeError(`a column has ${whole.length} bytes, not ${length}`);
    return whole;
  };
  const { sessions, from, to, rooms } = head;
  const words = (size: number, rows = sessions): Uint32Array => joined(column(size * rows), rows, size);
  const idHigh = words(4);
  for (let row = 1; row < sessions; row++)
    idHigh[row] = (idHigh[row] as number) + (idHigh[row - 1] as number);
  const [idLow, keyLow, keyHigh, room, door] = [words(4), words(4), words(4), words(2), words(1)];
  for (const { minute, rows } of head.minutes) {
    const has = column(Math.ceil(sessions / 8));
    const [kind, exclusion, delivered, proven, proofs] = MINUTE_COLUMNS.map((size) => words(size, rows)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    const came = Math.max(from, Math.min(to, minute * MINUTE_MS + MINUTE_SETTLED_MS));
    let row = -1;
    for (let done = 0; done < rows; done += BLOCK_ROWS) {
      const many = Math.min(BLOCK_ROWS, rows - done);
      const out = new Int32Array(many * WORDS);
      let to_ = 0;
      for (let of = done; of < done + many; of++) {
        do row += 1;
        while ((((has[row >> 3] as number) >> (row & 7)) & 1) === 0);
        if (((idLow[row] as number) & (slices - 1)) !== number) continue;
        const proved = proven[of] as number;
        out[to_] = idLow[row] as number;
        out[to_ + 1] = idHigh[row] as number;
        out[to_ + 2] = keyLow[row] as number;
        out[to_ + 3] = keyHigh[row] as number;
        out[to_ + 4] = minute;
        out[to_ + 5] =
          (room[row] as number) | ((kind[of] as number) << 16) | ((exclusion[of] as number) << 24);
        out[to_ + 6] = (delivered[of] as number) | (proved << 24);
        out[to_ + 7] = (proved >>> 8) | ((proofs[of] as number) << 16) | ((door[row] as number) << 24);
        to_ += WORDS;
      }
      yield { head: { v: 1, at: came, door: '', rooms }, words: out.subarray(0, to_), offset: 0 };
    }
  }
  for (const events of head.events) yield { head: events, words: new Int32Array(0), offset: 0 };
}

/** Rows by the upper half of their id: two rounds of counting sort. */
function orderOf(keys: Uint32Array): Uint32Array {
  let order = identity(keys.length);
  for (const shift of [0, 16]) {
    const places = new Uint32Array(65_537);
    for (const key of keys) {
      const at = ((key >>> shift) & 0xffff) + 1;
      places[at] = (places[at] as number) + 1;
    }
    for (let i = 1; i < places.length; i++) places[i] = (places[i] as number) + (places[i - 1] as number);
    const sorted = new Uint32Array(keys.length);
    for (const row of order) {
      const at = ((keys[row] as number) >>> shift) & 0xffff;
      const place = places[at] as number;
      sorted[place] = row;
      places[at] = place + 1;
    }
    order = sorted;
  }
  return order;
}

const identity = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** The lowest `size` bytes of each chosen value, above `skip` of them, plane by plane. */
function planes(values: Column, chosen: Uint32Array, size: number, skip = 0): Uint8Array {
  const bytes = new Uint8Array(chosen.length * size);
  for (let plane = 0; plane < size; plane++) {
    const shift = (plane + skip) * 8;
    const from = plane * chosen.length;
    for (let i = 0; i < chosen.length; i++)
      bytes[from + i] = (values[chosen[i] as number] as number) >>> shift;
  }
  return bytes;
}

/** Values from their planes. */
function joined(bytes: Uint8Array, count: number, size: number): Uint32Array {
  const values = new Uint32Array(count);
  const [second, third, fourth] = [count, count * 2, count * 3];
  if (size === 1) values.set(bytes);
  else if (size === 4)
    for (let i = 0; i < count; i++)
      values[i] =
        (bytes[i] as number) |
        ((bytes[second + i] as number) << 8) |
        ((bytes[third + i] as number) << 16) |
        ((bytes[fourth + i] as number) << 24);
  else
    for (let i = 0; i < count; i++)
      values[i] =
        (bytes[i] as number) |
        ((bytes[second + i] as number) << 8) |
        (size === 3 ? (bytes[third + i] as number) << 16 : 0);
  return values;
}

function bits(has: Uint8Array, order: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(order.length / 8));
  order.forEach((row, i) => {
    if (has[row] === 1) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  });
  return bytes;
}
