/** Whether the machine itself stood still: tests of real time say nothing about Earshot while it does. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 250;
/** A processor that was not there for this share of a look, or a look that came late by this, is a stop. */
const STOLEN_SHARE = 0.5;
const LATE_MS = 400;
/** Linux counts in hundredths of a second, whatever its own clock does. Spec: proc_stat(5), USER_HZ. */
const TICK_MS = 10;
const CALM_MS = 3000;

/** Milliseconds that the host has taken from each processor since it started; nothing where Linux does not say. */
function stolen() {
  if (!existsSync('/proc/stat')) return [];
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return lines
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => Number(line.split(/\s+/)[8] ?? 0) * TICK_MS);
}

/** Watches until `close()`, which tells how often the machine stood still, and for how long at worst. */
export function watchMachine() {
  let before = stolen();
  let at = performance.now();
  const seen = { stops: 0, worst: 0 };
  const look = () => {
    const now = performance.now();
    const after = stolen();
    const taken = Math.max(0, ...after.map((ms, cpu) => ms - (before[cpu] ?? 0)));
    const late = now - at - LOOK_EVERY_MS;
    if (taken > STOLEN_SHARE * (now - at) || late > LATE_MS) {
      seen.stops += 1;
      seen.worst = Math.max(seen.worst, taken, late);
    }
    before = after;
    at = now;
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    seen,
    close() {
      clearInterval(timer);
      return seen;
    },
  };
}

/** Waits until the machine has been awake for three seconds, for `limit` ms at most; returns whether it has. */
export async function untilAwake(limit) {
  for (const end = performance.now() + limit; performance.now() < end; ) {
    const watch = watchMachine();
    for (const from = performance.now(); performance.now() - from < CALM_MS && watch.seen.stops === 0; ) {
      await wait(LOOK_EVERY_MS);
    }
    if (watch.close().stops === 0) return true;
  }
  return false;
}
