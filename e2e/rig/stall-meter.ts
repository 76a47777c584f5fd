const LOOK_MS = 20;

/**
 * The longest that this process itself stood still, in ms, so far: on a busy machine everyone waits, and what a test
 * calls late is later than this explains.
 */
export function openStallMeter(): () => number {
  let stood = 0;
  let looked = performance.now();
  setInterval(() => {
    const now = performance.now();
    stood = Math.max(stood, now - looked - LOOK_MS);
    looked = now;
  }, LOOK_MS).unref();
  return () => stood;
}
