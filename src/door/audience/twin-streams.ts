import type { Clock } from '../../base/clock.ts';

/** Players that open two connections for one playback. */
const OPENS_TWO = /^AppleCoreMedia\/|\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//;
/** Both come within this time, ms. */
const TOGETHER_MS = 3_000;

/** True for a player that opens two connections for one playback. */
export const opensTwo = (agent: string | undefined): boolean => agent !== undefined && OPENS_TWO.test(agent);

/** A radio that has just come. */
interface Newcomer {
  readonly row: number;
  readonly at: number;
}

/**
 * Tells when two streams are one playback: Apple's media framework (Safari, iPhones, HomePods) opens two identical
 * connections to a radio at once and plays one. Without this each such listener would count twice.
 */
export class TwinStreams {
  readonly #clock: Clock;
  /** By listener and room, in the order in which they came; those of the last seconds. */
  readonly #newest = new Map<string, Newcomer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The row of the radio that has just come of the same listener; −1: this one is the first. */
  rowOf(listener: string): number {
    const now = this.#clock.now();
    for (const [key, { at }] of this.#newest) {
      if (now - at <= TOGETHER_MS) break;
      this.#newest.delete(key);
    }
    const row = this.#newest.get(listener)?.row ?? -1;
    // There are two of them, not three.
    this.#newest.delete(listener);
    return row;
  }

  /** A radio has come. */
  came(listener: string, row: number): void {
    this.#newest.set(listener, { row, at: this.#clock.now() });
  }
}
