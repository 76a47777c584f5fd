import { closeSync, openSync } from 'node:fs';
import type { Log } from '../base/log.ts';
import type { Counters } from './counters.ts';

/** Notices when this process, or the machine, has no open file left. */
export interface SpareFile {
  /** Tries; call about once a second. */
  look(): void;
}

/**
 * Opens the look-out. Without it nobody would know: libuv accepts and closes whoever comes then (so that the event loop
 * does not spin), and tells nothing of it. Spec: accept(2), EMFILE and ENFILE.
 */
export function openSpareFile(deps: {
  readonly log: Log;
  readonly counters: Pick<Counters, 'filesShort'>;
  /** Opens any file, and closes it. */
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
        if (before) log.warn({}, 'there are open files again: newcomers are let in');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EMFILE' && code !== 'ENFILE') return;
        counters.filesShort += 1;
        short = true;
        if (!before)
          log.error(
            { code },
            'no open file is left: newcomers are closed until there is one, those inside hear on; raise ulimit -n (LimitNOFILE=), see `earshot doctor`',
          );
      }
    },
  };
}
