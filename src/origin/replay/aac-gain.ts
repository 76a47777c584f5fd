import { bits, channelElement } from '../../media/aac-frame.ts';

/** One step of `global_gain`: a quarter of a factor of two in amplitude. */
export const GAIN_STEP_DB = 20 * Math.log10(2 ** 0.25);
/** Id 3 bits and tag 4 come before it in the channel element. */
const GAIN_OFFSET = 7;

/**
 * A copy of one mono AAC frame that plays `steps` × 1.505 dB louder, nothing else changed: its `global_gain`, the
 * exponent under all of its scale factors, is another. A frame of a form that Earshot does not write comes back as it is.
 *
 * Spec: ISO/IEC 14496-3, 4.4.2.1 and 4.6.2.
 */
export function withGain(frame: Uint8Array, steps: number): Uint8Array {
  const element = channelElement(frame);
  if (element === undefined || steps === 0) return frame;
  const at = element + GAIN_OFFSET;
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
