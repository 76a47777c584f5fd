/** How the program gets to the moment at which somebody leaves the stage. Times in seconds of the program. */

/** Up to so much beyond the moment nothing is left out, s: the mixer makes the program later than the stage. */
const SPARE = 0.1;
/** Further back than this, s, the live player would skip forward again, or the sound is no longer kept. */
const MOST_BACK = 2.5;

/** Wait until the program is there, go back within what the player has, or play the recording from there. */
export type WayBack =
  | { readonly by: 'waiting'; readonly wait: number }
  | { readonly by: 'stepping'; readonly to: number }
  | { readonly by: 'recording' };

/** What an element has of the program, as `HTMLMediaElement.buffered`. */
export type Buffered = Pick<TimeRanges, 'length' | 'start' | 'end'>;

/** Decides how a program that is at `position` gets to `moment`, so that nothing of what lies between is left out. */
export function wayBack(moment: number, position: number, buffered: Buffered): WayBack {
  const wait = moment - position;
  if (wait >= -SPARE) return { by: 'waiting', wait: Math.max(0, wait) };
  for (let i = 0; i < buffered.length && wait >= -MOST_BACK; i++)
    if (buffered.start(i) <= moment && position <= buffered.end(i)) return { by: 'stepping', to: moment };
  return { by: 'recording' };
}
