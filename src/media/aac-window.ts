/** Decides when one AAC rendition may follow another without a click. */
import { bits, channelElement } from './aac-frame.ts';
import { fragmentFrames } from './boxes.ts';

/** The window sequence of an AAC frame. Spec: ISO/IEC 14496-3, table 4.116. */
export type AacWindow = 'long' | 'start' | 'short' | 'stop';

const WINDOWS: readonly AacWindow[] = ['long', 'start', 'short', 'stop'];

/** The window of a raw mono AAC-LC frame; undefined when it has no single channel element. */
export function aacWindow(frame: Uint8Array): AacWindow | undefined {
  const at = channelElement(frame);
  // Id 3 bits, tag 4, global gain 8, reserved 1, then the window.
  return at === undefined ? undefined : WINDOWS[bits(frame, at + 16, 2)];
}

/**
 * Whether the overlapping window halves match: the last frame of the old rendition must end short exactly when the
 * first frame of the new one begins short. If they do not match, wait for the next fragment. Opus fragments may be
 * spliced at any boundary.
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
