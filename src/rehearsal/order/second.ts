import { Histogram, type Sparse } from './histogram.ts';

/** The counts, per second and in total. */
export const COUNTS = [
  /** People who came. */
  'arrived',
  /** The number of people who heard their first sound in this second. */
  'joined',
  /** The number of these who heard it within 5 s of their arrival. */
  'soon',
  'connections',
  'reconnects',
  'fragments',
  'bytes',
  /** Times that a person had nothing to play. */
  'stalls',
  /** The part of `stalls` at a moment when the generator itself was late by at least half as much. */
  'doubtfulStalls',
  'stalledMs',
  /** Fragments that never arrived, also across reconnects. */
  'gaps',
  /** Fragments that arrived again. */
  'repeats',
  /** Fragments that arrived after a later one. */
  'flips',
  /** Fragments that arrived more than 20 s after their time, from the delayed stream. */
  'ringFragments',
  /** Notices received: changes of the write period, and moves from the delayed stream to the live edge. */
  'notices',
  'moved',
  /** People whom the server told that the program is over. */
  'over',
  /** People who arrived more than half a second later than planned, because the generator was busy. */
  'heldBack',
  /** People who had sound, or a place in line, for the first time. */
  'reached',
  /** Places in line that pages took; times a page asked for the live edge with one; times it got there. */
  'tickets',
  'climbs',
  'rose',
  /** Requests of pages for `state.json`. */
  'polls',
  'pages',
  'segments',
] as const;
/** One of the counts. */
export type Count = (typeof COUNTS)[number];

/** The measured values, all in ms. */
export const MEASURES = [
  /** From a person's arrival to the first byte of sound, retries included. */
  'join',
  /** From the end of a fragment's 320 ms to its arrival here. */
  'delay',
  /** How far the listener is behind the stage: the delay plus the buffered sound. */
  'ear',
  /** The same for HLS listeners. */
  'hlsEar',
  'stall',
  /** From the request for the page to its last file. */
  'page',
  /** How late timers of the generator ran. */
  'lateness',
] as const;
/** One of the measures. */
export type Measure = (typeof MEASURES)[number];

/** How many people are in each condition at the end of a second. */
export interface Gauges {
  /** With sound buffered. */
  readonly hearing: number;
  /** Joined, with nothing left to play. */
  readonly dry: number;
  /** Arrived, with nothing heard yet. */
  readonly waiting: number;
  /** Hearing the delayed stream. */
  readonly ring: number;
  /** With nothing heard yet, but a place in line. */
  readonly placed: number;
}

/** One second of one process. Missing counts are 0. */
export interface Second {
  /** Whole seconds since the beginning. */
  readonly at: number;
  readonly counts: Readonly<Partial<Record<Count, number>>>;
  /** By cause: `refused`, `reset`, `timeout`, `torn`, `ended`, `structure`, `http-503`, `generator`, …. */
  readonly errors: Readonly<Record<string, number>>;
  /** Writes by the period in ms that the server announced, and renditions: `period-640`, `rendition-opus64`. */
  readonly served: Readonly<Record<string, number>>;
  readonly measures: Readonly<Partial<Record<Measure, Sparse>>>;
  readonly gauges: Gauges;
}

/** The most causes a process distinguishes; further ones are `other`. */
const MAX_CAUSES = 64;

/** Counts and measures one second in one process. */
export class SecondCounter {
  #counts: Partial<Record<Count, number>> = {};
  #errors: Record<string, number> = {};
  #served: Record<string, number> = {};
  readonly #measures = Object.fromEntries(MEASURES.map((name) => [name, new Histogram()])) as Record<
    Measure,
    Histogram
  >;

  count(what: Count, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times;
  }

  measure(what: Measure, value: number): void {
    this.#measures[what].add(value);
  }

  error(cause: string): void {
    bump(this.#errors, cause);
  }

  served(what: string): void {
    bump(this.#served, what);
  }

  /** Everything counted since the last call. */
  take(at: number, gauges: Gauges): Second {
    const measures: Partial<Record<Measure, Sparse>> = {};
    for (const name of MEASURES)
      if (this.#measures[name].count > 0) measures[name] = this.#measures[name].sparse(true);
    const second = { at, counts: this.#counts, errors: this.#errors, served: this.#served, measures, gauges };
    this.#counts = {};
    this.#errors = {};
    this.#served = {};
    return second;
  }
}

function bump(record: Record<string, number>, key: string): void {
  const known = key in record || Object.keys(record).length < MAX_CAUSES;
  const name = known ? key : 'other';
  record[name] = (record[name] ?? 0) + 1;
}
