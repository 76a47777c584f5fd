/** Delay of each codec. A player must correct its clock by it to know when a sound was made. */
import type { Codec } from '../base/media.ts';
import { type Ticks, ticks } from '../base/time.ts';

/**
 * The sound at media time t of a fragment is the input at t − priming.
 *
 * Opus: look-ahead of libopus, also the pre-skip in `dOps`. AAC: 1,024 for its overlap, and 1,024 because the encoder
 * returns each frame one frame late; it is therefore started one frame early, so that all codecs of a slot are ready
 * together. MP3: encoder and decoder delay of LAME; its frames carry no time.
 */
export const PRIMING: Readonly<Record<Codec, Ticks>> = {
  opus: ticks(312),
  aac: ticks(2048),
  mp3: ticks(1105),
};
