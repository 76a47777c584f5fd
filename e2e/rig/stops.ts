/** How often it is looked whether the processor is there. */
export const LOOK_MS = 10;
/** A timer that is later than this did not get the processor; neither did the browser. */
export const LATE_MS = 60;

/**
 * Counts from now on how often the machine itself was stalled, or busy with other work. Gaps in a test beyond that
 * count are our fault.
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

/** The number of counted gaps or waits that the machine's stalls do not explain. */
export const beyond = (counted: number, stops: number): number => Math.max(0, counted - stops);
