import { FRAGMENT_MS, type Ms, ms } from '../../base/time.ts';

/**
 * Arrivals from which the usual time is learned: 2.56 s, so that a studio that comes back later is soon trusted.
 */
const RECENT = 8;
/** Smallest and largest spread of arrivals that is allowed for. */
const MIN_JITTER_MS = 150;
const MAX_JITTER_MS = 640;
/** How fast a remembered spread is forgotten, per fragment: half in 20 s. */
const FORGET = 0.989;

/** Learns when fragments usually arrive, and says when one is missing. All instants are on the monotonic clock. */
export class FragmentArrival {
  /** Offsets of the newest arrivals: arrival time minus the end of the slot, counted from slot 0. */
  readonly #offsets: number[] = [];
  #guess: number;
  #jitter = MIN_JITTER_MS;

  /** `zero`: when the grid began, as exactly as the wall clock tells; used until something arrives. */
  constructor(zero: Ms) {
    this.#guess = zero + FRAGMENT_MS;
  }

  /** A fragment arrived. Late ones count too: otherwise a studio behind our estimate would never be heard. */
  came(seq: number, at: Ms): void {
    this.#offsets.push(at - (seq + 1) * FRAGMENT_MS);
    if (this.#offsets.length > RECENT) this.#offsets.shift();
    const spread = (this.#offsets.at(-1) ?? 0) - this.#base;
    this.#jitter *= FORGET;
    if (spread < MAX_JITTER_MS) this.#jitter = Math.max(this.#jitter, 1.5 * spread);
    this.#guess = this.#base;
  }

  get #base(): number {
    return this.#offsets.length > 0 ? Math.min(...this.#offsets) : this.#guess;
  }

  /** When fragment `seq` is expected. */
  expected(seq: number): Ms {
    return ms(this.#guess + (seq + 1) * FRAGMENT_MS);
  }

  /** The newest slot whose fragment should be here by now; may be negative. */
  newest(now: Ms): number {
    return Math.floor((now - this.expected(0)) / FRAGMENT_MS);
  }

  /**
   * Shifts all expectations by `by`: the wall clock, which slots follow, was put back, or the machine slept
   * (negative).
   */
  shift(by: number): void {
    this.#guess += by;
    for (const [n, offset] of this.#offsets.entries()) this.#offsets[n] = offset + by;
  }

  /**
   * When fragment `seq` is certainly missing: one write period and the usual spread after it was expected.
   */
  deadline(seq: number): Ms {
    return ms(
      this.expected(seq) + FRAGMENT_MS + Math.min(MAX_JITTER_MS, Math.max(MIN_JITTER_MS, this.#jitter)),
    );
  }

  /** The newest slot whose deadline has passed; may be negative. */
  overdue(now: Ms): number {
    return Math.floor((now - this.deadline(0)) / FRAGMENT_MS);
  }
}
