import { type Ms, ms, TICKS_PER_SECOND } from '../base/time.ts';

/** Shortest wait of a packet before it is played. It leaves time for a retransmission and for FEC. */
const MIN_DEPTH: Ms = ms(200);
/** Longest wait of a packet to absorb jitter. */
const MAX_DEPTH: Ms = ms(400);

/** Number of packets remembered; about ten seconds at 20 ms each. */
const MEMORY = 512;
/**
 * Age limit in ms. Older arrivals do not describe the current path, and the sender's drift would blur them (200 ppm: 3
 * ms).
 */
const HORIZON = 15_000;
const SHARE_IN_TIME = 0.98;
const MARGIN = 60;
const REVIEW_EVERY = 25;
/**
 * In ms. If every packet of the last second is later than before by this, the path got longer or the sender's clock
 * stopped.
 */
const SHIFT = 150;
const SHIFTED_FOR = 1000;
const SHIFTED_PACKETS = 3;

/** Estimates from arrival times the shortest transit of a path and the buffer depth that its jitter needs. */
export class PacketArrival {
  #times = new Float64Array(MEMORY);
  #transits = new Float64Array(MEMORY);
  #sorted = new Float64Array(MEMORY);
  #count = 0;
  #next = 0;
  #sinceReview = 0;
  #base = 0;
  #target: number = MIN_DEPTH;

  /** Forgets everything, because the sender's timestamps have restarted. */
  reset(): void {
    this.#count = 0;
    this.#next = 0;
    this.#sinceReview = 0;
    this.#target = MIN_DEPTH;
  }

  /** Records that a packet with unwrapped timestamp `ts` (ticks) arrived at `at`. */
  observe(at: Ms, ts: number): void {
    const transit = at - (ts * 1000) / TICKS_PER_SECOND;
    this.#times[this.#next] = at;
    this.#transits[this.#next] = transit;
    this.#next = (this.#next + 1) % MEMORY;
    if (this.#count === 0 || transit < this.#base) this.#base = transit;
    this.#count = Math.min(this.#count + 1, MEMORY);
    this.#sinceReview += 1;
    if (this.#sinceReview >= REVIEW_EVERY || transit - this.#base > this.#target) this.#review(at);
  }

  /** Shortest recent transit, as monotonic ms minus media ms: an offset, not a delay. */
  get base(): number {
    return this.#base;
  }

  /** Time between the shortest transit and play-out, 200 to 400 ms. */
  get target(): number {
    return this.#target;
  }

  #review(now: number): void {
    this.#sinceReview = 0;
    let kept = 0;
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 1; i <= this.#count; i += 1) {
      const at = (this.#next - i + MEMORY) % MEMORY;
      const age = now - (this.#times[at] ?? 0);
      const transit = this.#transits[at] ?? 0;
      if (kept >= 8 && age > HORIZON) break;
      if (kept >= SHIFTED_PACKETS && age > SHIFTED_FOR && fastest - transit > SHIFT) {
        this.#count = kept;
        break;
      }
      fastest = Math.min(fastest, transit);
      this.#sorted[kept] = transit;
      kept += 1;
    }
    const sorted = this.#sorted.subarray(0, kept).sort();
    this.#base = sorted[0] ?? 0;
    const slow = sorted[Math.floor((kept - 1) * SHARE_IN_TIME)] ?? this.#base;
    this.#target = Math.min(MAX_DEPTH, Math.max(MIN_DEPTH, slow - this.#base + MARGIN));
  }
}
