import { closeSync, openSync } from 'node:fs';
import type { Log } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';

/** Notices when this process, or the machine, is out of file descriptors. */
export interface SpareFile {
  /** Checks; call about once a second. */
  look(): void;
}

/**
 * Opens the check. Without it nobody would know: libuv then accepts and closes new connections (so that the event
 * loop does not spin), and reports nothing. Spec: accept(2), EMFILE and ENFILE.
 */
export function openSpareFile(deps: {
  readonly log: Log;
  readonly counters: Pick<Counters, 'filesShort'>;
  /** Opens some file, and closes it. */
  readonly attempt?: () => void;
}): SpareFile {
  const { log, counters, attempt = () => closeSync(openSync('/dev/null', 'r')) } = deps;
  let short = false;
  return {
    look() {
      const before = short;
      try {
        attempt();
        short = false;
        if (before) log.warn({}, 'file descriptors are available again: new connections are accepted');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EMFILE' && code !== 'ENFILE') return;
        counters.filesShort += 1;
        short = true;
        if (!before)
          log.error(
            { code },
            'out of file descriptors: new connections are dropped until one is free, current listeners are not affected; raise ulimit -n (LimitNOFILE=), see `earshot doctor`',
          );
      }
    },
  };
}
