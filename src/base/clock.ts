import { type EpochMs, epochMs, type Ms, ms } from './time.ts';

/** Time as a dependency: production code uses the machine's clocks, a test controls its own. */
export interface Clock {
  /** Monotonic time since an arbitrary origin; never steps. */
  now(): Ms;
  /** Wall-clock time; may step when somebody sets the clock. */
  wall(): EpochMs;
  /** Calls `run` every `period` until disposed. */
  every(period: Ms, run: () => void): Disposable;
  /** Calls `run` once after `delay` unless disposed before. */
  after(delay: Ms, run: () => void): Disposable;
}

/** The machine's own clocks. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => ms(performance.now()),
  wall: () => epochMs(Date.now()),
  every(period, run) {
    const timer = setInterval(run, period);
    timer.unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
  after(delay, run) {
    const timer = setTimeout(run, delay);
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
