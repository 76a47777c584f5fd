/**
 * What a player has to play, by the sound that has reached it: it begins a margin after the first sound, waits for what
 * is late, and is silent meanwhile.
 */

/** The first sound is played so much later. Milliseconds; the page's own player begins with about as much. */
const MARGIN_MS = 620;

/** One player. All times in ms of one monotonic clock. */
export class Playback {
  #dryAt: number | undefined;
  readonly #margin: number;

  constructor(margin = MARGIN_MS) {
    this.#margin = margin;
  }

  /** `lasting` ms of sound came at `at`. Returns how long the player had been silent. */
  take(at: number, lasting: number): number {
    const before = this.#dryAt ?? at + this.#margin;
    const silent = Math.max(0, at - before);
    this.#dryAt = Math.max(at, before) + lasting;
    return silent;
  }

  /** True once there was sound. */
  get begun(): boolean {
    return this.#dryAt !== undefined;
  }

  /** Milliseconds of silence at `at` so far; negative: so much is left to play. */
  silentAt(at: number): number {
    return this.#dryAt === undefined ? 0 : at - this.#dryAt;
  }
}

/** Sound that never came, in ms, between two fragments that followed each other here. */
export const missingBetween = (before: number | undefined, seq: number, fragment: number): number =>
  before === undefined ? 0 : Math.max(0, seq - before - 1) * fragment;
