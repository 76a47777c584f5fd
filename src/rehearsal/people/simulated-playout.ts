import { FRAGMENT_MS } from '../../base/time.ts';

/** The first burst comes in one read; this long after its first fragment the player begins with what it has. */
export const BURST_MS = 80;
/** Sound buffered beyond what comes with the next write. Milliseconds; all of these as in the web player. */
export const MARGIN_MS = 300;
const MAX_MARGIN = 1500;
const MARGIN_STEP = 150;
/** Within this distance from the margin nothing is done. */
const DEAD_BAND = 40;
/** Further off than this, the player speeds up or slows down by 4 % instead of 1 %. */
const FAR = 1000;
/** How much slower it plays to gather what a longer write period needs. */
const GATHER = 0.08;
/** How much more than that is gathered, because the position within the longer period differs. Milliseconds. */
const SPARE = 200;
/** The low-water mark is the lowest level within this time. */
const WINDOW = 1000;
/** When it is later than this, it jumps. */
const TOO_LATE = 3000;
/** Two fragments closer together than this came with one write. */
const ONE_WRITE = 40;

/**
 * A simulated player without sound that knows when it would run dry. It begins with the margin plus what is due until
 * the next write, plays at normal speed, corrects by 1 or 4 % towards its margin, and keeps 150 ms more each time it
 * ran dry (1.5 s at most).
 */
export class Playout {
  /** When what is buffered will have been played, on the monotonic clock; −1 before it began. */
  #dry = -1;
  #margin = MARGIN_MS;
  #write = 0;
  #first = -1;
  #burst = 0;
  #rate = 1;
  #low = Number.NaN;
  #lowest = Number.POSITIVE_INFINITY;
  #windowEnds = 0;
  /** Still to be gathered for a longer period. */
  #gain = 0;
  /** Until then it does not correct its speed. */
  #holds = 0;

  /** True once it plays. */
  get began(): boolean {
    return this.#dry >= 0;
  }

  /** Milliseconds of sound buffered; below 0, for how long it has been silent. 0 before it began. */
  inHand(now: number): number {
    return this.#dry < 0 ? 0 : this.#dry - now;
  }

  /** Margin that a reconnect asks for. */
  get margin(): number {
    return this.#margin;
  }

  /**
   * A fragment arrived; `next`: when the next write is due, as the server said, for the beginning. Returns how long
   * it was silent before this, in ms, else 0.
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

  /** The first burst is over; plays what it has. */
  settle(now: number, next: number): void {
    if (this.#dry < 0 && this.#burst > 0) this.#begin(now, next);
  }

  /** Writes will come `more` ms further apart, in `within` ms: it plays slower until it has enough for that. */
  expect(more: number, within: number, now: number): void {
    this.#gain = more > 0 ? more + SPARE : 0;
    this.#holds = now + within + Math.max(0, more) + FRAGMENT_MS;
  }

  /** What comes next begins somewhere else: it starts again, keeping what it has learned about its margin. */
  restart(): void {
    this.#dry = -1;
    this.#first = -1;
    this.#burst = 0;
    this.#gain = 0;
    this.#forget();
  }

  #begin(now: number, next: number): void {
    // What is beyond the margin is not played.
    this.#dry = now + Math.min(this.#burst, this.#margin + Math.max(0, next - now));
  }

  /** The instant before a write: how much is left then is the low-water mark, over a second at least. */
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
