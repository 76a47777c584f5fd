import type { DeadAirCause } from '../base/media.ts';
import { type Ms, ms } from '../base/time.ts';

/** Silence on stage counts as dead air after this: 2 s. */
const DEAD_AIR_AFTER: Ms = ms(2000);
/** Silence up to this long is a pause when the speakers' browsers announce silence (DTX). */
const PAUSE_UP_TO: Ms = ms(8000);
/**
 * Silence after which hold music is faded in, by cause. On an empty stage nobody is about to speak; people who are
 * muted or quiet may be in the middle of a thought.
 */
export const MUSIC_AFTER: Readonly<Record<DeadAirCause, Ms>> = {
  'nobody-on-stage': DEAD_AIR_AFTER,
  'no-packets': DEAD_AIR_AFTER,
  encoder: DEAD_AIR_AFTER,
  'all-muted': ms(8000),
  quiet: ms(8000),
};
/** In ms. A sender without any packet for this long is gone; DTX repeats itself every 400 ms. */
const GONE_AFTER = 1500;
/** Mean square of −60 dBFS, below which nothing is audible; comfort noise is quieter. */
const SILENT_POWER = 1e-6;

/** What dead-air detection reads of a speaker. */
export interface Watched {
  readonly muted: boolean;
  /** Monotonic arrival of the newest packet. */
  readonly lastArrival: number;
  /** True while the sender is silent on purpose. */
  readonly dtx: boolean;
}

/** Detects silence of a stage that is on air, and its cause. */
export class DeadAirWatch {
  #silent = 0;
  #cause: DeadAirCause | undefined;

  /** Duration of the current silence in milliseconds. */
  get silence(): Ms {
    return ms(this.#silent);
  }

  /** Cause of the silence; undefined while it is not dead air. */
  get cause(): DeadAirCause | undefined {
    return this.#cause;
  }

  /** Starts from zero, because the stage went on or off air. */
  reset(): void {
    this.#silent = 0;
    this.#cause = undefined;
  }

  /** Continues a silence that was already measured elsewhere. */
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
