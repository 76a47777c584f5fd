import { existsSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** A removed file is there again within this long. */
const LOOK_EVERY = ms(2_000);

/** Writes a file of the sockets' folder again when somebody removes it, like the sockets beside it. */
export function keepFile(path: string, clock: Clock, write: () => void): Disposable {
  return clock.every(LOOK_EVERY, () => {
    try {
      if (!existsSync(path)) write();
    } catch {
      // Its folder is gone, or the disk is full: the sockets say so, and the next look tries again.
    }
  });
}
