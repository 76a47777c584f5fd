import { existsSync, writeFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';

/** A removed file is recreated within this long. */
const LOOK_EVERY = ms(2000);

/**
 * Keeps a file with the number of this process, which `earshot doctor` reads. It is recreated when somebody removes
 * it, like the sockets beside it. Disposing stops that and leaves the file.
 * @throws the system's error, the first time.
 */
export function keepPidFile(path: string, clock: Clock): Disposable {
  const write = (): void => writeFileSync(path, `${process.pid}\n`);
  write();
  return clock.every(LOOK_EVERY, () => {
    try {
      if (!existsSync(path)) write();
    } catch {
      // Its folder is gone, or the disk is full: the sockets say so, and the next look tries again.
    }
  });
}
