import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Message } from '../wire/feed.ts';

/** Logs bus messages that could not be used: the first of each second, with how many there have been. */
export function logLost(clock: Clock, log: Log, from: string): (error: unknown, message: Message) => void {
  let lost = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (error, { head }) => {
    lost += 1;
    const now = clock.now();
    if (now - last < 1000) return;
    last = now;
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error(
      { from, kind: head.kind, lost, cause },
      'a message from another Earshot process could not be used: please report it with this line',
    );
  };
}
