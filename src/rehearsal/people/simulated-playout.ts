import { FRAGMENT_MS } from '../../base/time.ts';

/** Time from a player's first fragment to the start of playback, ms, since the first burst arrives in one read. */
export const BURST_MS = 80;
/** Sound buffered beyond the time of the next write. In milliseconds; all values here are those of the web player. */
const MARGIN_MS = 300;
const MAX_MARGIN = 1500;
const MARGIN_STEP = 150;
/** Within this distance from the margin nothing is done. */
const DEAD_BAND = 40;
/** Further off than this, the player speeds up or slows down by 4 % instead of 1 %. */
const FAR = 1000;
/** How much slower it plays to fill the buffer for a longer write period. */
const GATHER = 0.08;
/** Extra amount of sound for that, because the position within the longer period varies. Milliseconds. */
const SPARE = 200;
/** The low-water mark is the lowest level within this time. */
const WINDOW = 1000;
/** When it is later than this, it jumps. */
const TOO_LATE = 3000;
/** Two fragments closer together than this came with one write. */
const ONE_WRITE = 40;

/**
 * A simulated player without sound that knows when its buffer would be empty. It begins with the margin plus the sound
 * needed until the next write, plays at normal speed, corrects by 1 or 4 % towards its margin, and increases the margin
 * by 150 ms each time the buffer was empty (to 1.5 s at most).
 */
export class SimulatedPlayout {
  /** Monotonic time at which the buffer will be empty; −1 before playback began. */
  #dry = -1;
  #margin = MARGIN_MS;
  #write = 0;
  #first = -1;
  #burst = 0;
  #rate = 1;
  #low = Number.NaN;
  #lowest = Number.POSITIVE_INFINITY;
  #windowEnds = 0;
  /** Sound still missing for a longer period. */
  #gain = 0;
  /** Until this time it does not correct its speed. */
  #holds = 0;

  /** True once it plays. */
  get began(): boolean {
    return this.#dry >= 0;
  }

  /** Milliseconds of sound buffered. Below 0: for how long it has been silent. 0 before it began. */
  inHand(now: number): number {
    return this.#dry < 0 ? 0 : this.#dry - now;
  }

  /** The margin that a reconnect requests. */
  get margin(): number {
    return this.#margin;
  }

  /**
   * Takes a fragment that has arrived. `next` is the time of the next write as announced by the server, used at the
   * beginning. Returns for how long it was silent before this, in ms, otherwise 0.
   */
  take(now: number, next: number): number {
    if (this.#dry < 0) {
      if (this.#first < 0) this.#first = now;
      if (now - this.#first <= BURST_MS) {
        this.#burst += FRAGMENT_MS;
        this.#write = now;
        return 0;
      }
      this.#begin(now, next);
    }
    let silent = 0;
    if (now - this.#write > ONE_WRITE) {
      silent = this.#before(now);
      this.#write = now;
    }
    this.#dry += FRAGMENT_MS;
    return silent;
  }

  /** Begins to play with the buffered sound when the first burst is over. */
  settle(now: number, next: number): void {
    if (this.#dry < 0 && this.#burst > 0) this.#begin(now, next);
  }

  /**
   * Announces that writes will be `more` ms further apart, in `within` ms. It plays slower until it has enough for
   * that.
   */
  expect(more: number, within: number, now: number): void {
    this.#gain = more > 0 ? more + SPARE : 0;
    this.#holds = now + within + Math.max(0, more) + FRAGMENT_MS;
  }

  /** The next fragments begin at another position: it starts again, keeping what it has learned about its margin. */
  restart(): void {
    this.#dry = -1;
    this.#first = -1;
    this.#burst = 0;
    this.#gain = 0;
    this.#forget();
  }

  #begin(now: number, next: number): void {
    // Sound beyond the margin is not played.
    this.#dry = now + Math.min(this.#burst, this.#margin + Math.max(0, next - now));
  }

  /** Called just before a write: the remaining sound is the low-water mark, over a second at least. */
  #before(now: number): number {
    const passed = now - this.#write;
    this.#dry += (1 - this.#rate) * passed;
    const left = this.#dry - now;
    if (left < 0) {
      this.#dry = now;
      this.#margin = Math.min(MAX_MARGIN, this.#margin + MARGIN_STEP);
      return -left;
    }
    if (now < this.#holds) {
      const step = Math.min(this.#gain, passed * GATHER);
      this.#gain -= step;
      this.#dry += step;
      this.#forget();
    } else this.#steer(left, now);
    return 0;
  }

  #steer(left: number, now: number) {
    this.#lowest = Math.min(this.#lowest, left);
    if (this.#windowEnds === 0) this.#windowEnds = now + WINDOW;
    if (now < this.#windowEnds) return;
    this.#windowEnds = now + WINDOW;
    this.#low = Number.isNaN(this.#low) ? this.#lowest : this.#low + (this.#lowest - this.#low) * 0.4;
    this.#lowest = Number.POSITIVE_INFINITY;
    const off = this.#low - this.#margin;
    if (off > TOO_LATE) {
      this.#dry -= off;
      return this.#forget();
    }
    const band = this.#rate === 1 ? DEAD_BAND : DEAD_BAND / 4;
    const lean = Math.abs(off) > FAR ? 0.04 : 0.01;
    this.#rate = Math.abs(off) <= band ? 1 : 1 + Math.sign(off) * lean;
  }

  #forget(): void {
    this.#low = Number.NaN;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#windowEnds = 0;
    this.#rate = 1;
  }
}
