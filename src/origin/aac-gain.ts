/** One step of `global_gain`: a quarter of a factor of two in amplitude. */
export const GAIN_STEP_DB = 20 * Math.log10(2 ** 0.25);

const SINGLE_CHANNEL = 0;
const FILL = 6;

/**
 * A copy of one mono AAC frame that plays `steps` × 1.505 dB louder, nothing else changed: its `global_gain`, the
 * exponent under all of its scale factors, is another. A frame of a form that Earshot does not write comes back as it is.
 *
 * Spec: ISO/IEC 14496-3, 4.4.2.1 and 4.6.2.
 */
export function withGain(frame: Uint8Array, steps: number): Uint8Array {
  const at = gainPosition(frame);
  if (at === undefined || steps === 0) return frame;
  const copy = Uint8Array.from(frame);
  const gain = Math.max(0, Math.min(255, bits(frame, at, 8) + steps));
  const [byte, shift] = [at >> 3, at & 7];
  const mask = (0xff00 >> shift) & 0xffff;
  const pair = ((frame[byte] ?? 0) << 8) | (frame[byte + 1] ?? 0);
  const next = (pair & ~mask) | ((gain << (8 - shift)) & mask);
  copy[byte] = next >> 8;
  if (shift > 0) copy[byte + 1] = next & 0xff;
  return copy;
}

/** The bit at which `global_gain` of the one channel begins; fill elements may come before it. */
function gainPosition(frame: Uint8Array): number | undefined {
  let at = 0;
  while (at + 15 < frame.length * 8) {
    const element = bits(frame, at, 3);
    if (element === SINGLE_CHANNEL) return at + 7;
    if (element === FILL) {
      const count = bits(frame, at + 3, 4);
      at += count === 15 ? 15 + 8 * (14 + bits(frame, at + 7, 8)) : 7 + 8 * count;
    } else return undefined;
  }
  return undefined;
}

function bits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let bit = at; bit < at + count; bit++)
    value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  return value;
}
