import { ROW_WORDS } from '../audience-count.ts';

/** Late records of a slice that are kept for their turn: 160 MB. */
const MOST_LATE = 5_000_000;

/** Records that came when their minute was over, one after the other. */
export class LateRows {
  #words = new Int32Array(64 * ROW_WORDS);
  count = 0;

  add(words: Int32Array, at: number): void {
    if (this.count >= MOST_LATE) return;
    const to = this.count * ROW_WORDS;
    if (to === this.#words.length) {
      const more = new Int32Array(this.#words.length * 2);
      more.set(this.#words);
      this.#words = more;
    }
    this.#words.set(words.subarray(at, at + ROW_WORDS), to);
    this.count += 1;
  }

  /** The same, by minute; of a minute in the order they came. */
  sorted(): Int32Array {
    const minutes = Uint32Array.from(
      { length: this.count },
      (_, i) => this.#words[i * ROW_WORDS + 4] as number,
    );
    const order = Uint32Array.from(minutes.keys()).sort(
      (a, b) => (minutes[a] as number) - (minutes[b] as number) || a - b,
    );
    const sorted = new Int32Array(this.count * ROW_WORDS);
    order.forEach((from, i) => {
      sorted.set(this.#words.subarray(from * ROW_WORDS, (from + 1) * ROW_WORDS), i * ROW_WORDS);
    });
    return sorted;
  }
}
