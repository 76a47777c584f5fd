import { setPriority } from 'node:os';
import type { Log } from '../base/log.ts';

/** Niceness of each role, and the fallback where the system does not allow values below 0. */
const RANKS = {
  // Behind the encoder thread: the program clock and the speakers' packets wait for nobody.
  studio: { wanted: -6, else: 0 },
  door: { wanted: -3, else: 1 },
  // Pages and the database are what can wait.
  site: { wanted: 3, else: 5 },
  // Nobody waits for a figure.
  tally: { wanted: 4, else: 6 },
  // A few small files.
  press: { wanted: 4, else: 6 },
} as const;

/**
 * Asks the system to run this thread, and those it starts, in the order of the voice: studio, door, site,
 * tally and press. Values below 0 need CAP_SYS_NICE; without it all roles use higher values, in the same order. Spec: sched(7),
 * nice(2).
 */
export function setProcessPriority(role: keyof typeof RANKS, log: Log): void {
  const rank = RANKS[role];
  for (const niceness of [rank.wanted, rank.else]) {
    try {
      setPriority(0, niceness);
      return;
    } catch {
      log.debug({ niceness }, 'this process priority is not permitted: no CAP_SYS_NICE');
    }
  }
}
