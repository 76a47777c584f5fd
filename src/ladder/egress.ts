import { EGRESS_FLOOR, EGRESS_MEMORY_MS, EGRESS_RISE } from './thresholds.ts';

/** How many bytes per second may leave this door: as configured, or as learned from congestion. */
export class EgressLimit {
  readonly #fixed: number | undefined;
  #learned = Infinity;
  /** The most that was sent in a second in which the network kept up. */
  #best = 0;
  #quiet = 0;

  /** `configured` in bytes/s for this door; without it the limit is learned. */
  constructor(configured?: number) {
    this.#fixed = configured;
  }

  /** Bytes/s; Infinity while nothing is known. */
  get limit(): number {
    return this.#fixed ?? this.#learned;
  }

  /**
   * One observation of the network. `choked` means that many sockets hold unsent bytes: only that says something
   * about the network; a processor that is late does not.
   */
  observe(egress: number, choked: boolean, dt: number) {
    if (this.#fixed !== undefined) return;
    if (choked) {
      this.#quiet = 0;
      this.#learned = Math.max(EGRESS_FLOOR, Math.min(this.#learned, this.#best));
      return;
    }
    this.#best = Math.max(egress, this.#best * (1 - dt / EGRESS_MEMORY_MS));
    this.#quiet += dt;
    if (this.#quiet >= EGRESS_MEMORY_MS) this.#learned = Infinity;
    else if (egress > this.#learned * 0.8) this.#learned *= 1 + (EGRESS_RISE * dt) / 1000;
  }
}
