/** One block of a redundant payload. */
export interface RedBlock {
  readonly payloadType: number;
  /** How much older than the packet's own timestamp, in timestamp units; 0 for the primary. */
  readonly age: number;
  readonly data: Uint8Array;
}

/** Limit of blocks read; Chromium sends one redundant block, some clients send two. */
const MAX_BLOCKS = 8;

/** Splits a redundant payload, oldest block first, the primary last; undefined when malformed. Spec: RFC 2198, 3. */
export function unwrapRed(payload: Uint8Array): readonly RedBlock[] | undefined {
  const heads: { payloadType: number; age: number; length: number }[] = [];
  let at = 0;
  for (;;) {
    const first = payload[at];
    if (first === undefined || heads.length >= MAX_BLOCKS) return undefined;
    if (first < 128) {
      heads.push({ payloadType: first, age: 0, length: -1 });
      at += 1;
      break;
    }
    const [a, b, c] = [payload[at + 1], payload[at + 2], payload[at + 3]];
    if (a === undefined || b === undefined || c === undefined) return undefined;
    heads.push({ payloadType: first & 127, age: (a << 6) | (b >> 2), length: ((b & 3) << 8) | c });
    at += 4;
  }
  const blocks: RedBlock[] = [];
  for (const { payloadType, age, length } of heads) {
    const end = length < 0 ? payload.length : at + length;
    if (end > payload.length) return undefined;
    blocks.push({ payloadType, age, data: payload.subarray(at, end) });
    at = end;
  }
  return blocks;
}

/** Joins a payload with one older one. `age` is below 16,384 and `older` below 1,024 bytes. Spec: RFC 2198, 3. */
export function wrapRed(
  payloadType: number,
  older: Uint8Array,
  age: number,
  primary: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(5 + older.length + primary.length);
  bytes.set([
    128 | payloadType,
    age >> 6,
    ((age & 63) << 2) | (older.length >> 8),
    older.length & 255,
    payloadType,
  ]);
  bytes.set(older, 5);
  bytes.set(primary, 5 + older.length);
  return bytes;
}
