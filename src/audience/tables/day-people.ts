import { Distinct } from './distinct.ts';
import { DistinctSketch } from './distinct-sketch.ts';

/** Different listeners of one day. A key may be of sessions that count and of others that do not: it is one all the same. */
export class DayPeople {
  /** Keys of sessions that count. */
  readonly counted: Distinct;
  /** Keys of sessions that do not. */
  readonly excluded: Distinct;
  /** Keys that are in both, as long as both are exact. */
  #both = 0;
  /** All keys, from when one of the two is not exact any more. */
  #all: DistinctSketch | undefined;

  /** `most`: keys up to which they are kept one by one; see `Distinct`. */
  constructor(most?: number) {
    this.counted = new Distinct(most);
    this.excluded = new Distinct(most);
  }

  add(isExcluded: boolean, low: number, high: number): void {
    const [of, other] = isExcluded ? [this.excluded, this.counted] : [this.counted, this.excluded];
    if (of.add(low, high) && other.has(low, high)) this.#both += 1;
    if (this.#all) this.#all.add(low, high);
    else if (!of.isExact) this.#all = this.#sketch();
  }

  #sketch(): DistinctSketch {
    const all = new DistinctSketch();
    this.counted.into(all);
    this.excluded.into(all);
    return all;
  }

  /** Those who count. */
  get net(): number {
    return this.counted.size;
  }

  /** All: each key once. */
  get gross(): number {
    if (!this.#all) return this.counted.size + this.excluded.size - this.#both;
    return Math.max(this.counted.size, this.excluded.size, Math.round(this.#all.size));
  }

  /** Of those who count: half of the 95 % interval; 0 while it is exact. */
  get error(): number {
    return this.counted.error;
  }

  get isExact(): boolean {
    return this.counted.isExact;
  }

  get bytes(): number {
    return this.counted.bytes + this.excluded.bytes + (this.#all?.registers.length ?? 0);
  }

  /** Takes what `dump` of `counted` and of `excluded` gave; it must be empty. */
  load(counted: Int32Array | Uint8Array | undefined, excluded: Int32Array | Uint8Array | undefined): void {
    if (counted) this.counted.load(counted);
    if (excluded) this.excluded.load(excluded);
    if (!this.counted.isExact || !this.excluded.isExact) this.#all = this.#sketch();
    else
      this.excluded.forEach((low, high) => {
        if (this.counted.has(low, high)) this.#both += 1;
      });
  }
}
