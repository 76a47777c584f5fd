/** How late each coding plays: what a player's clock must be corrected by to know when a sound was made. */
import type { Codec } from '../base/media.ts';
import { type Ticks, ticks } from '../base/time.ts';

/**
 * The sound at media time t of a fragment is what was pushed at t − priming.
 *
 * Opus: look-ahead of libopus, also the pre-skip in `dOps`. AAC: 1,024 of its overlap and 1,024 because the encoder
 * answers one frame late and is therefore started one frame early, so that all codings of a slot are ready together.
 * MP3: encoder and decoder delay of LAME; its frames carry no time.
 */
export const PRIMING: Readonly<Record<Codec, Ticks>> = {
  opus: ticks(312),
  aac: ticks(2048),
  mp3: ticks(1105),
};
