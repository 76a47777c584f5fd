/**
 * Decides whether the wall clock can be trusted for decisions that cannot be undone. A machine without a battery-backed
 * clock may be in another year until it has asked the network, a virtual machine may wake up months later, and somebody
 * may set the date by hand.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** Time services and daylight saving change a clock by less than this. */
const STEP_MS = 2 * 3_600_000;
/** For this long after a jump nothing irreversible is done, so that somebody can check the clock. */
const DOUBT_MS = 24 * 3_600_000;

/** Compares the wall clock between two calls of `look`. */
export interface ClockWatch {
  /** False while the clock is in doubt: it jumped ahead less than a day ago. */
  look(): boolean;
}

/** Opens the watch. */
export function openClockWatch({ clock, log }: { readonly clock: Clock; readonly log: Log }): ClockWatch {
  let ahead = clock.wall() - clock.now();
  let doubtUntil = Number.NEGATIVE_INFINITY;
  return {
    look() {
      const [before, at] = [ahead, clock.now()];
      ahead = clock.wall() - at;
      if (ahead - before > STEP_MS) {
        doubtUntil = at + DOUBT_MS;
        log.warn(
          { now: new Date(clock.wall()).toISOString(), hours: Math.round((ahead - before) / 3_600_000) },
          'the clock of this machine was set far ahead: for a day, no recording is removed because of its age. Check the date and the time service',
        );
      }
      return at >= doubtUntil;
    },
  };
}
