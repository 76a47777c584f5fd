/** Networks are kept in sets of this many; a full set forgets its cheapest. */
const WAYS = 8;
/** Sets: 8,192 networks in all, in 200 kB, however many addresses come. */
const SETS = 1024;
const PLACES = SETS * WAYS;
/** The share of a network's cost that is carried over from one window to the next. */
const MEMORY = 0.5;

/** What things cost, in µs of this process or one like it; see docs/performance.md. */
export const COST = {
  /** A connection, per second that it is open: a share of a write, and the memory. */
  connectionSecond: 10,
  /** Looking up a small public file and writing it from the shared buffer. */
  file: 20,
  /** Accepting a connection, reading a head and answering it. */
  request: 60,
  /** Saying no: accepting a connection, reading a head and a short answer. */
  refusal: 40,
  /** A request that another process answers, counting both processes. */
  forwarded: 500,
  /** A full TLS handshake; what it really takes is measured. */
  handshake: 1_000,
} as const;

/**
 * µs that a network may cost at once, before its share of each window counts: a page with all that belongs to it. It fills
 * up again while the network costs less than its share.
 */
const BURST = 1_000;
/** Strangers of a network are loud when they have cost more than three pages within the last seconds, µs. */
const LOUD = 3_000;
/** What strangers cost, and the streams that were begun, are remembered for some seconds: half of it goes in so many. */
const LOUD_HALF_S = 5;
const BEGUN_HALF_S = 3;
/** A network joins and leaves when it asked for so many streams in the last seconds, and keeps less than this share of them. */
const LEAST_BEGUN = 8;
const KEPT = 0.5;

/** A network's weight is at most 1 plus this, however many of its people listen. */
const MOST_MORE = 7;

/**
 * What each network (/24, /48) costs this door, and its max-min fair share of the capacity: a network that needs less
 * than an equal share gets all it needs, and what is left is divided among the others. Networks are weighted by how
 * many of their people listen, because many people behind one carrier's address need more than one person.
 *
 * 8,192 networks are known at a time. When a set of eight is full, the one that has cost least and holds no
 * connection is forgotten: a flood of addresses pushes itself out, and a network that has cost much stays known.
 */
export class Share {
  readonly #tags = new Uint32Array(PLACES);
  readonly #open = new Uint32Array(PLACES);
  /** Connections that carry a stream. */
  readonly #heard = new Uint32Array(PLACES);
  /** Requested in this window, refused or not. */
  readonly #asked = new Float64Array(PLACES);
  /** Admitted in this window. */
  readonly #spent = new Float64Array(PLACES);
  /** Older cost, fading. */
  readonly #heat = new Float64Array(PLACES);
  /** Requested by strangers in this window, and in the last seconds. */
  readonly #strange = new Float64Array(PLACES);
  readonly #loud = new Float64Array(PLACES);
  /** Streams that were asked for in the last seconds. */
  readonly #begun = new Float64Array(PLACES);
  readonly #seed: number;
  #level = Number.POSITIVE_INFINITY;

  /** `seed` keeps strangers from choosing addresses that share a set. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** A network's index; -1 means no network, which is never limited. May replace the cheapest of its set. */
  place(prefix: string | undefined): number {
    if (prefix === undefined) return -1;
    let hash = 0x811c9dc5 ^ this.#seed;
    for (let i = 0; i < prefix.length; i += 1) hash = Math.imul(hash ^ prefix.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
    const tag = hash >>> 0 || 1;
    const first = (tag % SETS) * WAYS;
    let cheapest = first;
    for (let at = first; at < first + WAYS; at += 1) {
      if (this.#tags[at] === tag) return at;
      if (this.#weight(at) < this.#weight(cheapest)) cheapest = at;
    }
    this.#tags[cheapest] = tag;
    this.#open[cheapest] = 0;
    this.#heard[cheapest] = 0;
    this.#asked[cheapest] = 0;
    this.#spent[cheapest] = 0;
    this.#heat[cheapest] = 0;
    this.#strange[cheapest] = 0;
    this.#loud[cheapest] = 0;
    this.#begun[cheapest] = 0;
    return cheapest;
  }

  /**
   * Requests `cost`; false when the network has used up its share of this window. Pass `must` for what may not be
   * refused.
   */
  ask(place: number, cost: number, must = false): boolean {
    if (place < 0) return true;
    this.#asked[place] = (this.#asked[place] ?? 0) + cost;
    if (!must && !this.hasLeft(place)) return false;
    this.#spent[place] = (this.#spent[place] ?? 0) + cost;
    return true;
  }

  /** Charges for work that is already done, or must be done anyway. */
  charge(place: number, cost: number): void {
    this.ask(place, cost, true);
  }

  /**
   * False when the network has used up its share of this window; `cost` is then counted as requested. Nothing is
   * charged.
   */
  affords(place: number, cost: number): boolean {
    if (this.hasLeft(place)) return true;
    this.#asked[place] = (this.#asked[place] ?? 0) + cost;
    return false;
  }

  /** False when the network has used up its share of this window; nothing is counted. */
  hasLeft(place: number): boolean {
    return place < 0 || (this.#spent[place] ?? 0) < (this.#level + BURST) * this.weightAt(place);
  }

  /** One more (or, with −1, one less) of the network's people is listening. */
  heard(place: number, change: 1 | -1): void {
    if (place >= 0) this.#heard[place] = Math.max(0, (this.#heard[place] ?? 0) + change);
  }

  /** Somebody of the network who is not known to listen asks for something of that cost. */
  stranger(place: number, cost: number): void {
    if (place >= 0) this.#strange[place] = (this.#strange[place] ?? 0) + cost;
  }

  /** True while strangers of the network cost more than people who come. */
  isLoud(place: number): boolean {
    return place >= 0 && (this.#loud[place] ?? 0) + (this.#strange[place] ?? 0) > LOUD * this.weightAt(place);
  }

  /**
   * The part of what strangers asked for in this window that networks asked for whose strangers cost more than people who
   * come: 0 in a crowd, nearly 1 in a flood.
   */
  loudPart(): number {
    let [all, loud] = [0, 0];
    for (let at = 0; at < PLACES; at += 1) {
      const strange = this.#strange[at] ?? 0;
      all += strange;
      if (strange > 0 && this.isLoud(at)) loud += strange;
    }
    return all === 0 ? 0 : loud / all;
  }

  /** Somebody of the network asks for a stream. */
  begun(place: number): void {
    if (place >= 0) this.#begun[place] = (this.#begun[place] ?? 0) + 1;
  }

  /**
   * True for a network that asks for many streams and keeps few of them: it takes the work of beginning them, and nobody
   * there listens.
   */
  churns(place: number): boolean {
    const begun = place < 0 ? 0 : (this.#begun[place] ?? 0);
    return begun >= LEAST_BEGUN && (this.#heard[place] ?? 0) < begun * KEPT;
  }

  /** A network's weight: 1 if nobody of it listens, at most 8. */
  weightAt(place: number): number {
    return place < 0 ? 1 : 1 + Math.min(MOST_MORE, Math.log2(1 + (this.#heard[place] ?? 0)));
  }

  /** A connection of the network opened. */
  opened(place: number): void {
    if (place >= 0) this.#open[place] = (this.#open[place] ?? 0) + 1;
  }

  /**
   * A connection closed. If its network has been replaced in the meantime, another network's count is off by at most
   * one.
   */
  closed(place: number): void {
    if (place >= 0) this.#open[place] = Math.max(0, (this.#open[place] ?? 0) - 1);
  }

  /** Connections of the network now. */
  openAt(place: number): number {
    return place < 0 ? 0 : (this.#open[place] ?? 0);
  }

  /** The most connections a network may have so that all together have `capacity`. */
  openLevel(capacity: number): number {
    return waterLevel(this.#open, capacity);
  }

  /** What was admitted and what was requested since the last `turn`, `seconds` ago, in µs per second. */
  sums(seconds: number): { readonly spent: number; readonly asked: number } {
    let spent = 0;
    let asked = 0;
    for (let at = 0; at < PLACES; at += 1) {
      const held = (this.#open[at] ?? 0) * COST.connectionSecond * seconds;
      spent += (this.#spent[at] ?? 0) + held;
      asked += (this.#asked[at] ?? 0) + held;
    }
    return { spent: spent / seconds, asked: asked / seconds };
  }

  /**
   * Ends a window of `seconds`. With a `capacity` in µs per second, the next window, which is taken to be as long, is shared
   * accordingly; without one, nobody is limited.
   */
  turn(seconds: number, capacity: number | undefined): void {
    for (let at = 0; at < PLACES; at += 1) {
      const held = (this.#open[at] ?? 0) * COST.connectionSecond * seconds;
      this.#asked[at] = (this.#asked[at] ?? 0) + held;
    }
    this.#level = capacity === undefined ? Number.POSITIVE_INFINITY : this.#levelFor(capacity * seconds);
    const quieter = 2 ** (-seconds / LOUD_HALF_S);
    const older = 2 ** (-seconds / BEGUN_HALF_S);
    for (let at = 0; at < PLACES; at += 1) {
      if (this.#tags[at] === 0) continue;
      this.#heat[at] = (this.#heat[at] ?? 0) * MEMORY + (this.#asked[at] ?? 0);
      this.#loud[at] = ((this.#loud[at] ?? 0) + (this.#strange[at] ?? 0)) * quieter;
      this.#begun[at] = (this.#begun[at] ?? 0) * older;
      const weight = this.weightAt(at);
      // What was beyond the share is owed, and no more than the burst: it is not had again before some quiet windows.
      const beyond = (this.#spent[at] ?? 0) - this.#level * weight;
      this.#spent[at] = Math.min(BURST * weight, Math.max(0, beyond));
      this.#asked[at] = 0;
      this.#strange[at] = 0;
    }
  }

  /** What a network of weight 1 may cost, so that all together cost `capacity`. */
  #levelFor(capacity: number): number {
    const wishes = [];
    for (let at = 0; at < PLACES; at += 1) {
      const asked = this.#asked[at] ?? 0;
      if (asked > 0) wishes.push({ asked, weight: this.weightAt(at) });
    }
    wishes.sort((a, b) => a.asked / a.weight - b.asked / b.weight);
    let left = capacity;
    let weights = wishes.reduce((sum, { weight }) => sum + weight, 0);
    for (const { asked, weight } of wishes) {
      const level = left / weights;
      if (asked > level * weight) return level;
      left -= asked;
      weights -= weight;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** A network that holds connections counts as more expensive than any without. */
  #weight(at: number): number {
    if (this.#tags[at] === 0) return -1;
    return (this.#open[at] ?? 0) * 1e6 + (this.#asked[at] ?? 0) + (this.#heat[at] ?? 0);
  }
}

/** The level at which `wishes`, each capped to it, add up to `capacity`; Infinity when all fit. */
export function waterLevel(wishes: Float64Array | Uint32Array, capacity: number): number {
  const sorted = wishes.filter((wish) => wish > 0).sort();
  let left = capacity;
  for (let at = 0; at < sorted.length; at += 1) {
    const equal = left / (sorted.length - at);
    const wish = sorted[at] ?? 0;
    if (wish > equal) return equal;
    left -= wish;
  }
  return Number.POSITIVE_INFINITY;
}
