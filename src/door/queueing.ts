import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';

/** How often the event loop is sampled. */
export const LOOK_MS = 20;
/** A timer that fires later than this multiple of its time had to wait; less is the timer's own granularity. */
const GRAIN = 1.25;

/** Measures how long something that arrives at this process waits before it is handled: the mean over time. */
export interface Queueing extends Disposable {
  /** The mean wait in ms since the last call; resets the measurement. */
  take(): number;
}

/**
 * Opens the meter. Between two samples `t` ms apart the loop was busy with one round of work; what arrived during it
 * waited `t/2` on average. `looked` is called after each sample. Spec: DAGOR (SoCC 2018), 4.1: overload is detected
 * by queueing time, not by response time.
 */
export function openQueueing(clock: Clock, looked: (now: number) => void = () => {}): Queueing {
  let last: number = clock.now();
  let waited = 0;
  let passed = 0;
  const timer = clock.every(ms(LOOK_MS), () => {
    const now = clock.now();
    const round = now - last;
    last = now;
    passed += round;
    if (round > LOOK_MS * GRAIN) waited += (round * round) / 2;
    looked(now);
  });
  return {
    take() {
      const mean = passed > 0 ? waited / passed : 0;
      waited = 0;
      passed = 0;
      return mean;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
