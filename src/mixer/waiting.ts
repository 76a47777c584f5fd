/** One packet in the buffer, its numbers unwrapped. */
export interface Held {
  readonly ts: number;
  readonly ticks: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Packets one speaker may have waiting: two seconds of the shortest. At the limit the oldest goes. */
export const MAX_WAITING = 800;
const PLAYED_MEMORY = 64;

/** The packets of one speaker that were not played yet, in the order of their media time. */
export class Waiting {
  #queue: Held[] = [];
  #played = new Float64Array(PLAYED_MEMORY).fill(Number.NaN);
  #playedAt = 0;
  /** Highest sequence number seen. */
  newestSequence = 0;

  /** Forgets everything; sequence numbers go on near `sequence`. */
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

  /** How many packets lie wholly before media time `cursor`. */
  before(cursor: number): number {
    let count = 0;
    for (const packet of this.#queue) {
      if (packet.ts + packet.ticks > cursor) break;
      count += 1;
    }
    return count;
  }

  /** The first packet that reaches beyond media time `cursor`. */
  at(cursor: number): Held | undefined {
    for (const packet of this.#queue) if (packet.ts + packet.ticks > cursor) return packet;
    return undefined;
  }

  /** Removes `packet` as played, and everything before it; returns how many those were. */
  take(packet: Held): number {
    const at = this.#queue.indexOf(packet);
    this.#queue.splice(0, at + 1);
    this.#played[this.#playedAt] = packet.ts;
    this.#playedAt = (this.#playedAt + 1) % PLAYED_MEMORY;
    return at;
  }

  /** Whether a packet of this timestamp was played lately: another one is a duplicate, not late. */
  wasPlayed(ts: number): boolean {
    return this.#played.includes(ts);
  }
}
