/** When one AAC rendition may follow another without a tick. */
import { fragmentFrames } from './boxes.ts';

/** The window sequence of an AAC frame. Spec: ISO/IEC 14496-3, table 4.116. */
export type AacWindow = 'long' | 'start' | 'short' | 'stop';

const WINDOWS: readonly AacWindow[] = ['long', 'start', 'short', 'stop'];

const SINGLE_CHANNEL = 0;
const FILL = 6;

/**
 * The window of a raw mono AAC-LC frame, behind any fill elements; undefined when it holds no single channel element.
 * (FFmpeg's encoder begins every 256th frame with its name in a fill element.)
 */
export function aacWindow(frame: Uint8Array): AacWindow | undefined {
  const end = frame.length * 8;
  for (let at = 0; at + 18 <= end; ) {
    const element = bits(frame, at, 3);
    // Id 3 bits, tag 4, global gain 8, reserved 1, then the window.
    if (element === SINGLE_CHANNEL) return WINDOWS[bits(frame, at + 16, 2)];
    if (element !== FILL) return undefined;
    const count = bits(frame, at + 3, 4);
    at += count === 15 ? 15 + 8 * (14 + bits(frame, at + 7, 8)) : 7 + 8 * count;
  }
  return undefined;
}

/** Up to 8 bits from bit offset `at`, most significant first. */
function bits(bytes: Uint8Array, at: number, count: number): number {
  const word = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
  return (word >> (16 - (at & 7) - count)) & ((1 << count) - 1);
}

/**
 * Whether the overlapping window halves fit: the last frame of the old rendition ends short exactly when the first of
 * the new one begins short. If not, wait for the next fragment. Opus fragments may be spliced at any boundary.
 */
export function spliceable(previousLastFrame: Uint8Array, nextFirstFrame: Uint8Array): boolean {
  const before = aacWindow(previousLastFrame);
  const after = aacWindow(nextFirstFrame);
  if (!before || !after) return false;
  return (before === 'start' || before === 'short') === (after === 'short' || after === 'stop');
}

/**
 * The first and the last coded frame of an fMP4 fragment; views, not copies.
 * @throws RangeError when the bytes are not a whole fragment.
 */
export function edgeFrames(fragment: Uint8Array): { first: Uint8Array; last: Uint8Array } {
  const frames = fragmentFrames(fragment);
  const [first] = frames;
  const last = frames.at(-1);
  if (!first || !last) throw new RangeError('not a whole fragment');
  return { first, last };
}
