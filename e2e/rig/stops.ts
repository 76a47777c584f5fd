const LOOK_MS = 10;
/** A timer that is later than this did not get the processor: neither did the browser beside it. */
const LATE_MS = 60;

/**
 * Counts from now on how often the machine itself stood still, or was taken by others. What a test hears of gaps beyond
 * that count is ours.
 */
export function countStops(): () => number {
  let stops = 0;
  let looked = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - looked - LOOK_MS > LATE_MS) stops += Math.ceil((now - looked - LOOK_MS) / 1000);
    looked = now;
  }, LOOK_MS).unref();
  return () => stops;
}

/** How many of the gaps, waits or whatever was counted the machine does not explain. */
export const beyond = (counted: number, stops: number): number => Math.max(0, counted - stops);
