import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** How often the event loop is sampled. */
export const LOOK_MS = 20;
/** How often while nobody is connected who could wait: each sample wakes the process. */
const QUIET_LOOK_MS = 250;
/** A timer that fires later than this had to wait; less is the timer's own granularity, in ms. */
const GRAIN_MS = 5;

/** Measures how long something that arrives at this process waits before it is handled: the mean over time. */
export interface Queueing extends Disposable {
  /** The mean wait in ms since the last call; resets the measurement. */
  take(): number;
}

/**
 * Opens the meter. Between two samples `t` ms apart the loop was busy with one round of work; what arrived during it
 * waited `t/2` on average. `looked` is called after each sample; `quiet` says that nothing can
 * arrive but a first connection. Spec: DAGOR (SoCC 2018), 4.1: overload is detected
 * by queueing time, not by response time.
 */
export function openQueueing(
  clock: Clock,
  looked: (now: number) => void = () => {},
  quiet: () => boolean = () => false,
): Queueing {
  let last: number = clock.now();
  let waited = 0;
  let passed = 0;
  let timer: Disposable | undefined;
  const sleep = (): void => {
    const planned = quiet() ? QUIET_LOOK_MS : LOOK_MS;
    timer = clock.after(ms(planned), () => {
      const now = clock.now();
      // What was meant to be a pause was none.
      const round = now - last - (planned - LOOK_MS);
      last = now;
      passed += Math.max(0, round);
      if (round > LOOK_MS + GRAIN_MS) waited += (round * round) / 2;
      sleep();
      looked(now);
    });
  };
  sleep();
  return {
    take() {
      const mean = passed > 0 ? waited / passed : 0;
      waited = 0;
      passed = 0;
      return mean;
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
