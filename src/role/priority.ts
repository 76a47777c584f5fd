import { setPriority } from 'node:os';
import type { Log } from '../base/log.ts';

/** Before pages and requests, behind the encoder thread. */
const NICENESS = -6;

/**
 * Asks the system to run this thread before others: the program clock and the speakers' packets wait for nobody.
 * Needs CAP_SYS_NICE; without it everything works, with less in hand on a machine that is full.
 */
export function comeFirst(log: Log): void {
  try {
    setPriority(0, NICENESS);
  } catch {
    log.debug({ niceness: NICENESS }, 'priority stays normal: no CAP_SYS_NICE');
  }
}
