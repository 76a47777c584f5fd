import type { DeadAirCause } from '../base/media.ts';
import { type Ms, ms } from '../base/time.ts';

/** Silence of the stage that is dead air: 2 s. */
export const DEAD_AIR_AFTER: Ms = ms(2000);
/** A pause between people whose browsers say that they keep quiet (DTX) is a pause for this long. */
export const PAUSE_UP_TO: Ms = ms(8000);
/**
 * Silence after which hold music is faded in, by its cause. Nobody is about to speak where nobody is; people who are muted
 * or quiet may be in the middle of a thought.
 */
export const MUSIC_AFTER: Readonly<Record<DeadAirCause, Ms>> = {
  'nobody-on-stage': DEAD_AIR_AFTER,
  'no-packets': DEAD_AIR_AFTER,
  encoder: DEAD_AIR_AFTER,
  'all-muted': ms(8000),
  quiet: ms(8000),
};
/** No packet of any kind for this long: the sender is gone. DTX repeats itself every 400 ms. */
const GONE_AFTER = 1500;
/** Below −60 dBFS nobody hears anything; comfort noise lies under it. */
const SILENT_POWER = 1e-6;

/** What the watch wants to know of a speaker. */
export interface Watched {
  readonly muted: boolean;
  /** Monotonic arrival of the newest packet. */
  readonly lastArrival: number;
  /** The sender keeps quiet on purpose. */
  readonly dtx: boolean;
}

/** Notices that a stage on air is silent, and why. */
export class DeadAir {
  #silent = 0;
  #cause: DeadAirCause | undefined;

  /** Milliseconds of silence up to now. */
  get silence(): Ms {
    return ms(this.#silent);
  }

  /** Why the program is silent; undefined while it is not dead air. */
  get cause(): DeadAirCause | undefined {
    return this.#cause;
  }

  /** Begins to listen anew: the stage just went on or off air. */
  reset(): void {
    this.#silent = 0;
    this.#cause = undefined;
  }

  /** Goes on in the midst of a silence that was heard before. */
  goOn(cause: DeadAirCause, silence: Ms): void {
    this.#silent = silence;
    this.#cause = cause;
  }

  /** Once per 20 ms block on air: `power` is the stage's mean square, `now` the block's monotonic time. */
  watch(power: number, speakers: Iterable<Watched>, now: Ms): void {
    if (power > SILENT_POWER) {
      this.reset();
      return;
    }
    this.#silent += 20;
    if (this.#silent < DEAD_AIR_AFTER) return;
    const { cause, pause } = diagnose(speakers, now);
    this.#cause = pause && this.#silent < PAUSE_UP_TO ? undefined : cause;
  }
}

function diagnose(speakers: Iterable<Watched>, now: Ms): { cause: DeadAirCause; pause: boolean } {
  let anybody = false;
  let open = false;
  let alive = false;
  let pause = false;
  for (const speaker of speakers) {
    anybody = true;
    if (speaker.muted) continue;
    open = true;
    if (now - speaker.lastArrival > GONE_AFTER) continue;
    alive = true;
    pause ||= speaker.dtx;
  }
  if (!anybody) return { cause: 'nobody-on-stage', pause: false };
  if (!open) return { cause: 'all-muted', pause: false };
  return alive ? { cause: 'quiet', pause } : { cause: 'no-packets', pause: false };
}
