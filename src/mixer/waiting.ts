/** One packet in the buffer, with unwrapped numbers. */
export interface Held {
  readonly ts: number;
  readonly ticks: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Limit of one speaker's waiting packets: two seconds of the shortest. Beyond it the oldest is dropped. */
export const MAX_WAITING = 800;
const PLAYED_MEMORY = 64;

/** One speaker's packets that were not played yet, in order of media time. */
export class Waiting {
  #queue: Held[] = [];
  #played = new Float64Array(PLAYED_MEMORY).fill(Number.NaN);
  #playedAt = 0;
  /** Highest sequence number seen. */
  newestSequence = 0;

  /** Forgets everything. Sequence numbers continue near `sequence`. */
  clear(sequence: number): void {
    this.#queue = [];
    this.#played.fill(Number.NaN);
    this.newestSequence = sequence;
  }

  /** The oldest packet. */
  get first(): Held | undefined {
    return this.#queue[0];
  }

  /** Puts a packet in its place. */
  add(packet: Held): 'added' | 'duplicate' | 'dropped-oldest' {
    if (packet.sequence > this.newestSequence) this.newestSequence = packet.sequence;
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1] as Held).ts > packet.ts) at -= 1;
    if (this.#queue[at - 1]?.ts === packet.ts || this.wasPlayed(packet.ts)) return 'duplicate';
    this.#queue.splice(at, 0, packet);
    if (this.#queue.length <= MAX_WAITING) return 'added';
    this.#queue.shift();
    return 'dropped-oldest';
  }

  /** Number of packets that end before media time `cursor`. */
  before(cursor: number): number {
    let count = 0;
    for (const packet of this.#queue) {
      if (packet.ts + packet.ticks > cursor) break;
      count += 1;
    }
    return count;
  }

  /** The first packet that ends after media time `cursor`. */
  at(cursor: number): Held | undefined {
    for (const packet of this.#queue) if (packet.ts + packet.ticks > cursor) return packet;
    return undefined;
  }

  /** Removes `packet`, which was played, and every packet before it. Returns the number of those before it. */
  take(packet: Held): number {
    const at = this.#queue.indexOf(packet);
    this.#queue.splice(0, at + 1);
    this.#played[this.#playedAt] = packet.ts;
    this.#playedAt = (this.#playedAt + 1) % PLAYED_MEMORY;
    return at;
  }

  /** Whether a packet with this timestamp was played recently. Another one is then a duplicate, not late. */
  wasPlayed(ts: number): boolean {
    return this.#played.includes(ts);
  }
}
