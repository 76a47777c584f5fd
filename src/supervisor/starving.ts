import { readFileSync } from 'node:fs';

/** What the system says of a process's main thread, ms: time on a processor, and time in which it waited for one. */
export interface RunTimes {
  readonly ran: number;
  readonly waited: number;
}

/** Reads them; undefined where the system does not tell. Spec: proc(5), /proc/PID/schedstat. */
export function runTimes(pid: number): RunTimes | undefined {
  try {
    const [ran = Number.NaN, waited = Number.NaN] = readFileSync(`/proc/${pid}/schedstat`, 'utf8')
      .split(' ')
      .map((nanoseconds) => Number(nanoseconds) / 1e6);
    return Number.isFinite(ran) && Number.isFinite(waited) ? { ran, waited } : undefined;
  } catch {
    return undefined;
  }
}

/** No turn of ours takes so much time on a processor: whoever does hangs. */
const MOST_RUN_MS = 3_000;
/** Of the time in which it said nothing it waited for a processor for at least this share. */
const WAITED_SHARE = 0.5;

/**
 * True when a process that has said nothing for `silent` ms does not hang, but got no processor: the machine has too
 * much to do, and starting it again would be more of it.
 */
export function isStarving(before: RunTimes | undefined, now: RunTimes | undefined, silent: number): boolean {
  if (!before || !now) return false;
  return now.ran - before.ran < MOST_RUN_MS && now.waited - before.waited >= silent * WAITED_SHARE;
}
