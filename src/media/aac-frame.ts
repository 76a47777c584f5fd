/** Reads properties of a raw mono AAC-LC frame without decoding it. Spec: ISO/IEC 14496-3, 4.4.2.1. */

const SINGLE_CHANNEL = 0;
const FILL = 6;

/** The bit at which the frame's only channel element begins, after any fill elements; undefined when there is none. */
export function channelElement(frame: Uint8Array): number | undefined {
  const end = frame.length * 8;
  for (let at = 0; at + 18 <= end; ) {
    const element = bits(frame, at, 3);
    if (element === SINGLE_CHANNEL) return at;
    // FFmpeg's encoder puts its name into a fill element at the beginning of every 256th frame.
    if (element !== FILL) return undefined;
    const count = bits(frame, at + 3, 4);
    at += count === 15 ? 15 + 8 * (14 + bits(frame, at + 7, 8)) : 7 + 8 * count;
  }
  return undefined;
}

/** Up to 8 bits from bit offset `at`, most significant first. */
export function bits(bytes: Uint8Array, at: number, count: number): number {
  const word = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
  return (word >> (16 - (at & 7) - count)) & ((1 << count) - 1);
}
