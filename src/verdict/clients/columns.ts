/** Counters of a client, one column each. */
export const COUNTERS = [
  ...['requests', 'pages', 'assets', 'files', 'playlists', 'segments', 'apis', 'feeds', 'probes', 'logins'],
  // Files with a page of this site as Referer; pages that a page of the same client leads to; answers from a cache.
  ...['ownReferer', 'chained', 'otherReferer', 'cached'],
  ...['notFound', 'denied', 'limited', 'failed', 'slow', 'malformed', 'posts'],
  ...['queries', 'randomQueries', 'gaps', 'hurried'],
  // Bits of what was seen: names of parameters, queries, paths.
  ...['names0', 'names1', 'queries0', 'queries1', 'paths0', 'paths1', 'paths2', 'paths3'],
  ...['topPath', 'topCount', 'recent0', 'recent1', 'recent2', 'recent3', 'recentAt'],
  // In the current 10 s, and the most in any.
  ...['slot', 'inSlot', 'pagesInSlot', 'peak', 'pagesPeak'],
  ...['address', 'agent', 'prefix', 'merged', 'cell'],
] as const;
/** The name of a counter. */
export type Counter =
  | 'requests'
  | 'pages'
  | 'assets'
  | 'files'
  | 'playlists'
  | 'segments'
  | 'apis'
  | 'feeds'
  | 'probes'
  | 'logins'
  | 'ownReferer'
  | 'chained'
  | 'otherReferer'
  | 'cached'
  | 'notFound'
  | 'denied'
  | 'limited'
  | 'failed'
  | 'slow'
  | 'malformed'
  | 'posts'
  | 'queries'
  | 'randomQueries'
  | 'gaps'
  | 'hurried'
  | 'names0'
  | 'names1'
  | 'queries0'
  | 'queries1'
  | 'paths0'
  | 'paths1'
  | 'paths2'
  | 'paths3'
  | 'topPath'
  | 'topCount'
  | 'recent0'
  | 'recent1'
  | 'recent2'
  | 'recent3'
  | 'recentAt'
  | 'slot'
  | 'inSlot'
  | 'pagesInSlot'
  | 'peak'
  | 'pagesPeak'
  | 'address'
  | 'agent'
  | 'prefix'
  | 'merged'
  | 'cell';
/** Amounts of a client. */
export type ClientAmount = 'cost' | 'bytes' | 'logGaps' | 'logGaps2';
/** Times of a client, wall-clock ms. */
export type ClientMoment = 'first' | 'last' | 'lastPage' | 'lastRefused';

const AMOUNTS: readonly ClientAmount[] = ['cost', 'bytes', 'logGaps', 'logGaps2'];
const MOMENTS: readonly ClientMoment[] = ['first', 'last', 'lastPage', 'lastRefused'];

/** Growing columns of numbers, one row a client. */
export class Columns {
  readonly counts: Record<Counter, Uint32Array>;
  readonly amounts: Record<ClientAmount, Float32Array>;
  readonly moments: Record<ClientMoment, Float64Array>;
  #rows = 0;
  #room: number;

  /** `room`: rows that need no growing. */
  constructor(room = 1024) {
    this.#room = room;
    this.counts = Object.fromEntries(COUNTERS.map((name) => [name, new Uint32Array(this.#room)])) as never;
    this.amounts = Object.fromEntries(AMOUNTS.map((name) => [name, new Float32Array(this.#room)])) as never;
    this.moments = Object.fromEntries(MOMENTS.map((name) => [name, new Float64Array(this.#room)])) as never;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds an empty row and returns its number. */
  push(): number {
    if (this.#rows === this.#room) {
      this.#room *= 2;
      const grown = <T extends Uint32Array | Float32Array | Float64Array>(old: T, larger: T): T => {
        larger.set(old);
        return larger;
      };
      for (const name of Object.keys(this.counts) as Counter[])
        this.counts[name] = grown(this.counts[name], new Uint32Array(this.#room));
      for (const name of AMOUNTS)
        this.amounts[name] = grown(this.amounts[name], new Float32Array(this.#room));
      for (const name of MOMENTS)
        this.moments[name] = grown(this.moments[name], new Float64Array(this.#room));
    }
    return this.#rows++;
  }
}

/** Adds to one place of a column. */
export function add(column: Uint32Array | Float32Array | Float64Array, row: number, by = 1): void {
  column[row] = (column[row] as number) + by;
}

/** Sets one of the 32 bits of a place. */
export function setBit(column: Uint32Array, row: number, bit: number): void {
  column[row] = (column[row] as number) | (1 << (bit & 31));
}

const ones = (bits: number): number => {
  let n = bits >>> 0;
  n -= (n >>> 1) & 0x55555555;
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** How many different things set bits of these words, by linear counting (Whang and others, 1990). */
export function distinct(...words: readonly number[]): number {
  const size = words.length * 32;
  const set = words.reduce((sum, word) => sum + ones(word), 0);
  return set === size ? size * 5 : -size * Math.log(1 - set / size);
}
