import type { Clock } from '../src/base/clock.ts';
import { type EpochMs, epochMs, type Ms, ms } from '../src/base/time.ts';

interface Timer {
  due: number;
  period: number | undefined;
  run: () => void;
}

/** A clock that moves only when a test moves it. */
export interface ManualClock extends Clock {
  /** Moves both clocks forward by `by`, running every timer that falls due on the way, in order. */
  advance(by: number): void;
  /** Lets time pass while the process is stalled: due timers run late, at the next `advance`. */
  stall(by: number): void;
  /** Steps only the wall clock, as an operator or NTP would. */
  stepWall(by: number): void;
}

/** Makes a manual clock; the wall clock starts at `start` (default 2026-01-01T00:00:00Z). */
export function manualClock(start: EpochMs = epochMs(Date.UTC(2026, 0, 1))): ManualClock {
  let now = 0;
  let offset: number = start;
  const timers = new Set<Timer>();
  const add = (timer: Timer): Disposable => {
    timers.add(timer);
    return { [Symbol.dispose]: () => void timers.delete(timer) };
  };
  return {
    now: (): Ms => ms(now),
    wall: (): EpochMs => epochMs(now + offset),
    every: (period, run) => add({ due: now + period, period, run }),
    after: (delay, run) => add({ due: now + delay, period: undefined, run }),
    advance(by) {
      const end = now + by;
      for (;;) {
        let next: Timer | undefined;
        for (const timer of timers) if (timer.due <= end && (!next || timer.due < next.due)) next = timer;
        if (!next) break;
        now = Math.max(now, next.due);
        if (next.period === undefined) timers.delete(next);
        else next.due += next.period;
        next.run();
      }
      now = end;
    },
    stall(by) {
      now += by;
    },
    stepWall(by) {
      offset += by;
    },
  };
}
