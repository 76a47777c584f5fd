import type { Clock } from '../../base/clock.ts';
import { type Ms, ms } from '../../base/time.ts';
import { waterLevel } from './fair-share.ts';

/** Limits on half-received requests (slowloris protection). */
export interface UnfinishedDeps<Key> {
  readonly clock: Clock;
  readonly limits: { readonly unfinished: number; readonly unfinishedAfter: Ms };
  /**
   * The most from one network; default: as many as in all. Unknown networks, such as this machine, do not count as
   * one.
   */
  readonly perNetwork?: number;
  /** The network that one comes from. */
  prefixOf(key: Key): string | undefined;
}

/** What has not fully arrived yet: the first request of a connection, or the body of a request. */
export interface Unfinished<Key> extends Disposable {
  /** Starts waiting for it; `close` is called when others need the place more. */
  begin(key: Key, close: (key: Key) => void): void;
  /** It is complete, or has gone. */
  end(key: Key): void;
  /** How many are being waited for. */
  readonly size: number;
}

interface Wait<Key> {
  /** On the clock of attention: time in which the event loop was able to read. */
  readonly since: number;
  readonly close: (key: Key) => void;
}

/** How often the waits are checked. */
const LOOK_MS = 100;
/** When a check comes later than this, the process itself was slow: the excess is nobody else's slowness. */
const MOST_CREDITED_MS = 2 * LOOK_MS;

/**
 * Opens the list. Only time in which the event loop was able to read counts as waiting, so a busy door does not make
 * prompt clients look slow: what has arrived is read in each round, however long the round was. Beyond the limit the
 * oldest are closed first, of the networks that hold more than their max-min share.
 */
export function openUnfinished<Key>({
  clock,
  limits,
  perNetwork,
  prefixOf,
}: UnfinishedDeps<Key>): Unfinished<Key> {
  /** In the order in which they began. */
  const waits = new Map<Key, Wait<Key>>();
  let last: number = clock.now();
  let attention = 0;

  function look() {
    const now = clock.now();
    attention += Math.min(now - last, MOST_CREDITED_MS);
    last = now;
    if (waits.size <= Math.min(limits.unfinished, perNetwork ?? Number.POSITIVE_INFINITY)) return;
    const slow: Key[] = [];
    for (const [key, { since }] of waits) {
      if (attention - since <= limits.unfinishedAfter) break;
      slow.push(key);
    }
    if (perNetwork !== undefined) {
      const networks = Map.groupBy(slow, prefixOf);
      for (const [network, those] of networks)
        if (network !== undefined) those.slice(0, Math.max(0, those.length - perNetwork)).forEach(give);
    }
    const left = slow.filter((key) => waits.has(key));
    if (left.length > limits.unfinished) relieve(left);
  }
  function relieve(slow: readonly Key[]) {
    const networks = new Map<string, Key[]>();
    for (const key of slow) {
      const prefix = prefixOf(key) ?? '';
      const those = networks.get(prefix);
      if (those) those.push(key);
      else networks.set(prefix, [key]);
    }
    const each = Math.floor(
      waterLevel(
        Uint32Array.from(networks.values(), (those) => those.length),
        limits.unfinished,
      ),
    );
    let left = limits.unfinished;
    for (const those of networks.values()) left -= Math.min(those.length, each);
    // The remainder of the division goes to those who came last.
    for (const those of [...networks.values()].reverse()) {
      const extra = those.length > each && left > 0 ? 1 : 0;
      left -= extra;
      for (const key of those.slice(0, Math.max(0, those.length - each - extra))) {
        give(key);
      }
    }
  }
  /** Closes one that needs the place less. */
  function give(key: Key) {
    const wait = waits.get(key);
    waits.delete(key);
    wait?.close(key);
  }
  const timer = clock.every(ms(LOOK_MS), look);
  return {
    begin(key, close) {
      // When it begins again it goes to the end: the list is in the order of beginning.
      waits.delete(key);
      waits.set(key, { since: attention, close });
    },
    end: (key) => void waits.delete(key),
    get size() {
      return waits.size;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
