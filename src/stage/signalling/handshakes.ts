import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** Limit of connections being made at the same time, in one room and from one network in all rooms of the cell. */
export const MAX_HANDSHAKES = 8;
/** Limit of offers of one room or network that wait for a place. */
const MAX_WAITING = 48;
/** Longest wait of an offer for a place: shorter than clients wait for an answer. */
const WAIT_MS = 8_000;

interface Waiter {
  readonly keys: readonly string[];
  go(place: Disposable | undefined): void;
}

/**
 * Limits connections between their offer and their first packet. Each costs memory and a handshake, and a client that
 * only makes offers could otherwise have any number of them. Connections beyond the limit wait, in order, until another
 * one connects or is given up.
 */
export class ConnectingLimit {
  readonly #clock: Clock;
  readonly #running = new Map<string, number>();
  readonly #waiters: Waiter[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * A place for one connection, to be disposed when it is connected or gone; undefined when none became free in 8 s.
   */
  begin(room: string, network: string | undefined): Promise<Disposable | undefined> {
    const keys = network === undefined ? [`room ${room}`] : [`room ${room}`, `network ${networkOf(network)}`];
    if (this.#fits(keys)) return Promise.resolve(this.#take(keys));
    for (const key of keys) if (this.#waitingFor(key) >= MAX_WAITING) return Promise.resolve(undefined);
    return new Promise((done) => {
      const waiter: Waiter = {
        keys,
        go: (place) => {
          limit[Symbol.dispose]();
          const at = this.#waiters.indexOf(waiter);
          if (at >= 0) this.#waiters.splice(at, 1);
          done(place);
        },
      };
      const limit = this.#clock.after(ms(WAIT_MS), () => waiter.go(undefined));
      this.#waiters.push(waiter);
    });
  }

  /** Whether an offer waits for a place in this room. */
  waitedFor(room: string): boolean {
    return this.#waitingFor(`room ${room}`) > 0;
  }

  #waitingFor(key: string): number {
    return this.#waiters.reduce((sum, waiter) => sum + (waiter.keys.includes(key) ? 1 : 0), 0);
  }

  #fits(keys: readonly string[]): boolean {
    return keys.every((key) => (this.#running.get(key) ?? 0) < MAX_HANDSHAKES);
  }

  #take(keys: readonly string[]): Disposable {
    for (const key of keys) this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        for (const key of keys) {
          const left = (this.#running.get(key) ?? 1) - 1;
          if (left > 0) this.#running.set(key, left);
          else this.#running.delete(key);
        }
        for (const waiter of [...this.#waiters])
          if (this.#fits(waiter.keys)) waiter.go(this.#take(waiter.keys));
      },
    };
  }
}

/** The network of an address: for IPv6 its network of 64 bits, for IPv4 the address itself. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.startsWith('::ffff:')) return address;
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const middle = after === undefined ? [] : new Array(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...middle, ...tail].slice(0, 4).join(':');
}
