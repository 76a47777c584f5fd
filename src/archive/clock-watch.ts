/**
 * Whether the wall clock is to be believed for what cannot be taken back: a machine without a clock of its own is in
 * another year until it has asked the network, a virtual one wakes up months later, and somebody may set the date by hand.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** Time services and daylight saving move a clock by less. */
const STEP_MS = 2 * 3_600_000;
/** For so long after a leap nothing is done that cannot be taken back: time for somebody to look at the clock. */
const DOUBT_MS = 24 * 3_600_000;

/** Watches the wall clock from look to look. */
export interface ClockWatch {
  /** False while the clock is in doubt: it leapt ahead less than a day ago. */
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
          'the clock of this machine was set far ahead: for a day no recording is removed by its age. Look at the date, and at the time service',
        );
      }
      return at >= doubtUntil;
    },
  };
}
