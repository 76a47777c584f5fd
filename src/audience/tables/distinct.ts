import { DistinctSketch, SKETCH_ERROR } from './distinct-sketch.ts';
import { KeySet } from './key-set.ts';

/** Number of keys up to which they are kept one by one. */
export const MOST_EXACT = 5_000_000;
const CONFIDENCE_95 = 1.96;

/** Counts distinct keys: exactly up to `MOST_EXACT`, by a sketch above that. */
export class Distinct {
  #set: KeySet | undefined = new KeySet();
  #sketch: DistinctSketch | undefined;
  readonly #most: number;

  constructor(most = MOST_EXACT) {
    this.#most = most;
  }

  /** True when it is surely new: a sketch does not know. */
  add(low: number, high: number): boolean {
    if (!this.#set) {
      this.#sketch?.add(low, high);
      return false;
    }
    const isNew = this.#set.add(low, high);
    if (this.#set.size > this.#most) this.#toSketch();
    return isNew;
  }

  /** True for a key that is there; false where a sketch does not know. */
  has(low: number, high: number): boolean {
    return this.#set?.has(low, high) ?? false;
  }

  /** Calls `each` with every key, while they are kept one by one. */
  forEach(each: (low: number, high: number) => void): void {
    this.#set?.forEach(each);
  }

  /** Adds all its keys to a sketch. */
  into(sketch: DistinctSketch): void {
    if (this.#sketch) sketch.merge(this.#sketch);
    this.forEach((low, high) => {
      sketch.add(low, high);
    });
  }

  #toSketch(): void {
    const sketch = new DistinctSketch();
    this.into(sketch);
    this.#sketch = sketch;
    this.#set = undefined;
  }

  /** Never fewer than were counted one by one. */
  get size(): number {
    return this.#set ? this.#set.size : Math.max(this.#most, Math.round(this.#sketch?.size ?? 0));
  }

  /** Half of the 95 % interval; 0 while it is exact. */
  get error(): number {
    return this.#set ? 0 : Math.ceil(CONFIDENCE_95 * SKETCH_ERROR * this.size);
  }

  get isExact(): boolean {
    return this.#set !== undefined;
  }

  get bytes(): number {
    return this.#set?.bytes ?? this.#sketch?.registers.length ?? 0;
  }

  /** Its state: keys, two words each, or the registers of the sketch. */
  dump(): Int32Array | Uint8Array {
    return this.#set?.dump() ?? this.#sketch?.registers.slice() ?? new Int32Array(0);
  }

  /** Takes what `dump` gave. */
  load(state: Int32Array | Uint8Array): void {
    if (state instanceof Uint8Array) {
      this.#set = undefined;
      this.#sketch = new DistinctSketch(Uint8Array.from(state));
    } else for (let i = 0; i + 1 < state.length; i += 2) this.add(state[i] as number, state[i + 1] as number);
  }
}
