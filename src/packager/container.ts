import type { Rendition } from '../base/media.ts';
import { fmp4Fragment, fmp4Init, SAMPLES_PER_FRAGMENT } from './fmp4.ts';
import { adtsFragment, mpegFragment, oggFragment, oggInit } from './radio.ts';

/** The initialization bytes that a decoder needs before any fragment of this rendition; empty for ADTS and MPEG. */
export function initOf({ codec, container }: Rendition): Uint8Array {
  if (container === 'fmp4') return fmp4Init(codec);
  return container === 'ogg' ? oggInit() : new Uint8Array(0);
}

/**
 * The frames of one slot in the rendition's container, in newly allocated memory.
 * @throws RangeError when the frames do not fill the slot exactly (MP3 frames need not).
 */
export function fragmentOf(
  { codec, container }: Rendition,
  seq: number,
  frames: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  if (codec !== 'mp3' && frames.length !== SAMPLES_PER_FRAGMENT[codec]) {
    throw new RangeError(
      `a fragment of ${codec} has ${SAMPLES_PER_FRAGMENT[codec]} frames, not ${frames.length}`,
    );
  }
  if (container === 'fmp4') return fmp4Fragment(seq, frames);
  if (container === 'ogg') return oggFragment(seq, frames);
  return container === 'adts' ? adtsFragment(frames) : mpegFragment(frames);
}
