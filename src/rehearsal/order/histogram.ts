/** Whole numbers below this are counted exactly; above it, 32 steps per power of two (3 % apart). */
const EXACT = 64;
const STEPS = 32;
/** Larger values are counted as this one: 12 days in ms. */
const LARGEST = 2 ** 30 - 1;
const BUCKETS = EXACT + (30 - 6) * STEPS;

/** A histogram as it is sent: pairs of bucket and count, in order of the bucket. */
export type Sparse = readonly (readonly [bucket: number, count: number])[];

/**
 * Counts of non-negative values (ms here) in buckets of equal relative width, so that percentiles over many processes
 * are the same as if one process had counted. 3.3 kB each, whatever is counted; below 0 counts as 0, above 2³⁰ as
 * 2³⁰.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  /** Values counted. */
  count = 0;

  /** Counts a value, rounded down. */
  add(value: number, times = 1): void {
    const at = bucketOf(value);
    this.#counts[at] = (this.#counts[at] ?? 0) + times;
    this.count += times;
  }

  /** Adds the counts of another histogram. Buckets that do not exist are ignored. */
  merge(other: Sparse): void {
    for (const [at, times] of other) {
      if (!Number.isInteger(at) || at < 0 || at >= BUCKETS || !(times > 0)) continue;
      this.#counts[at] = (this.#counts[at] ?? 0) + times;
      this.count += times;
    }
  }

  /** The value that `share` (0 to 1) of those counted do not exceed, within 3 %; undefined while nothing is counted. */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let at = 0; at < BUCKETS; at++) {
      seen += this.#counts[at] ?? 0;
      if (seen >= wanted) return topOf(at);
    }
    return LARGEST;
  }

  /** The histogram as it is sent; with `forget` it is empty afterwards. */
  sparse(forget = false): Sparse {
    const out: [number, number][] = [];
    this.#counts.forEach((times, at) => {
      if (times > 0) out.push([at, times]);
    });
    if (forget && this.count > 0) {
      this.#counts.fill(0);
      this.count = 0;
    }
    return out;
  }
}

/** The bucket a value falls into. */
function bucketOf(value: number): number {
  const whole = Math.min(LARGEST, Math.max(0, Math.floor(value)));
  if (!(whole >= EXACT)) return Number.isNaN(whole) ? 0 : whole;
  const power = 31 - Math.clz32(whole);
  return EXACT + (power - 6) * STEPS + ((whole >> (power - 5)) - STEPS);
}

/** The largest whole number of a bucket. */
export function topOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const power = Math.floor((bucket - EXACT) / STEPS) + 6;
  const step = (bucket - EXACT) % STEPS;
  return (STEPS + step + 1) * 2 ** (power - 5) - 1;
}
