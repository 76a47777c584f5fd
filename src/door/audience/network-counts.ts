/** Networks known at a time; beyond it a new one is not counted, and so never too dense. */
const MOST_NETWORKS = 131_072;
/** Most listener keys that one network may have. */
export const MOST_KEYS = 20;

/** Counts how many listener keys each network (/24, /64) has at this door now. */
export class NetworkCounts {
  readonly #rows = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #free: number[] = [];
  #keys = new Uint32Array(256);

  /** One more key of a network; its row, or −1 when there is no room. Give it back by `remove`. */
  add(network: string): number {
    let row = this.#rows.get(network);
    if (row === undefined) {
      if (this.#rows.size >= MOST_NETWORKS) return -1;
      row = this.#free.pop() ?? this.#names.length;
      this.#names[row] = network;
      this.#rows.set(network, row);
      if (row >= this.#keys.length) {
        const more = new Uint32Array(this.#keys.length * 2);
        more.set(this.#keys);
        this.#keys = more;
      }
      this.#keys[row] = 0;
    }
    this.#keys[row] = (this.#keys[row] ?? 0) + 1;
    return row;
  }

  /** A key of a network is gone. */
  remove(row: number): void {
    const left = (this.#keys[row] ?? 0) - 1;
    this.#keys[row] = Math.max(0, left);
    if (left > 0) return;
    this.#rows.delete(this.#names[row] ?? '');
    this.#free.push(row);
  }

  /** True when a network has more keys than people usually are. */
  dense(row: number): boolean {
    return row >= 0 && (this.#keys[row] ?? 0) > MOST_KEYS;
  }
}
