import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { type Ms, ms } from '../../base/time.ts';

/**
 * Says no to those who cost too much, after a pause: a program that asks again as soon as it is refused, or opens the next
 * connection as soon as this one is closed, then costs one refusal a second and connection, however fast it is. The more
 * wait, the longer.
 */
export interface LateRefusals {
  /**
   * Runs `refuse` after the pause, and not at all when the peer has gone by then; at once where too many wait already.
   */
  later(socket: Socket, refuse: () => void): void;
  /** How many wait. */
  readonly waiting: number;
}

/** How long the refused wait for their answer, while few do. */
export const REFUSAL_PAUSE: Ms = ms(1_000);

/** For each so many that wait it is a second more: so no more than about a thousand are refused a second. */
const LONGER_EVERY = 1_024;

/** Opens it; `most` may wait at one time. */
export function openLateRefusals(clock: Pick<Clock, 'after'>, most: number): LateRefusals {
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    later(socket, refuse) {
      if (waiting >= most) return refuse();
      const pause = REFUSAL_PAUSE * (1 + Math.floor(waiting / LONGER_EVERY));
      waiting += 1;
      clock.after(ms(pause), () => {
        waiting -= 1;
        if (!socket.destroyed) refuse();
      });
    },
  };
}
