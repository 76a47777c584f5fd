import type { Page } from 'playwright-core';

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

/** Counts, as `countStops` does in the test's process, how often the browser did not get the processor. */
export const WATCH_STOPS = `
let looked = performance.now();
setInterval(() => {
  const late = performance.now() - looked - ${LOOK_MS};
  looked = performance.now();
  if (late > ${LATE_MS}) postMessage(Math.ceil(late / 1000));
}, ${LOOK_MS});`;

/** The same from now on in a page, by a worker: what the page does itself does not make that late. */
export async function countBrowserStops(page: Page): Promise<() => Promise<number>> {
  await page.evaluate((watch) => {
    const scope = window as unknown as { seenStops: number };
    scope.seenStops = 0;
    const clock = new Worker(URL.createObjectURL(new Blob([watch], { type: 'text/javascript' })));
    clock.onmessage = ({ data }) => {
      scope.seenStops += data;
    };
  }, WATCH_STOPS);
  return () => page.evaluate(() => (window as unknown as { seenStops: number }).seenStops);
}

/** The number of counted gaps or waits that the machine's stalls do not explain. */
export const beyond = (counted: number, stops: number): number => Math.max(0, counted - stops);
