/**
 * What somebody heard by the definition of listening: from the first sound on, at the pace of the clock, and never more
 * than has arrived. What a player stalls is not taken off: no server can see it, players say it in their proofs.
 */
export class Playback {
  #since: number | undefined;
  #arrived = 0;

  /** Sound has arrived, in seconds. */
  arrived(seconds: number): void {
    this.#arrived += seconds;
    this.#since ??= performance.now();
  }

  /** Seconds that were heard by now. */
  get heard(): number {
    return this.#since === undefined ? 0 : Math.min(this.#arrived, (performance.now() - this.#since) / 1000);
  }

  /** Seconds of sound that have arrived and were not heard by now. */
  get ahead(): number {
    return this.#arrived - this.heard;
  }
}
