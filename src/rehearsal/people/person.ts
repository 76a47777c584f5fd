import type { Clock } from '../../base/clock.ts';
import type { CrowdOrder } from '../order/order.ts';
import type { SecondCounter } from '../order/second.ts';
import type { Dialler } from './connection.ts';

/** Shared by the people of one process. */
export interface Crew {
  readonly clock: Clock;
  readonly order: CrowdOrder;
  readonly counter: SecondCounter;
  readonly dialler: Dialler;
  /** 0 to 1, seeded. */
  random(): number;
  /** How late this process may notice an event at the moment, ms. */
  lateness(): number;
}

/** The state of a person. `placed`: no sound, but a place in line; `gone`: the program is over for them. */
export type Whereabouts = 'waiting' | 'placed' | 'hearing' | 'dry' | 'ring' | 'gone';

/** A person who came to listen, in whatever way. */
export interface Person {
  /** Looks after time-outs and retries; called 20 times a second. */
  sweep(now: number): void;
  where(now: number): Whereabouts;
  /** Leaves and releases everything. A silence at this moment is counted as a stall. */
  leave(now: number): void;
}

/** Fragments that arrive later than this are from the delayed stream, not from the live edge. */
export const DELAYED_FROM_MS = 20_000;
/** Shorter silences are bridged by what the sound card holds. */
export const SHORTEST_STALL_MS = 20;

/** The cause under which a system's error is counted. `generator`: this machine is at its own limit. */
export function causeOf(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return 'reset';
    case 'ETIMEDOUT':
      return 'timeout';
    case 'EADDRNOTAVAIL':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
      return 'generator';
    default:
      return code.toLowerCase();
  }
}

/** Follows the fragment numbers that one person receives, across connections. */
export class Continuity {
  /** The newest number; −1 before the first. */
  last = -1;
  /** Bit i: number `last − i` was received. */
  #seen = 0;

  /** Checks a number, counts what is wrong with it, and returns true when it is the newest. */
  take(seq: number, counter: SecondCounter): boolean {
    const ahead = seq - this.last;
    if (this.last < 0 || ahead === 1) {
      this.#seen = (this.#seen << 1) | 1;
      this.last = seq;
      return true;
    }
    if (ahead > 1) {
      counter.count('gaps', ahead - 1);
      this.#seen = ahead < 32 ? (this.#seen << ahead) | 1 : 1;
      this.last = seq;
      return true;
    }
    const bit = -ahead < 32 ? 1 << -ahead : 0;
    if (bit !== 0 && (this.#seen & bit) === 0) {
      this.#seen |= bit;
      counter.count('flips');
    } else counter.count('repeats');
    return false;
  }
}
