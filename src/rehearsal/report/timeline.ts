import { Histogram, type Sparse } from '../order/histogram.ts';
import { COUNTS, type Count, type Gauges, MEASURES, type Measure, type Second } from '../order/second.ts';

/** One second of the whole rehearsal. */
export interface TimelineRow {
  readonly at: number;
  readonly counts: Readonly<Record<Count, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly gauges: Gauges;
  /** False when a process of the crowd was stalled for the whole second: its part of `gauges` is unknown. */
  readonly complete: boolean;
  /** In ms; undefined where nothing was measured. */
  readonly p50: Readonly<Partial<Record<Measure, number>>>;
  readonly p99: Readonly<Partial<Record<Measure, number>>>;
  readonly max: Readonly<Partial<Record<Measure, number>>>;
}

interface Gathered {
  readonly counts: Record<Count, number>;
  readonly errors: Record<string, number>;
  reports: number;
  readonly gauges: { -readonly [Name in keyof Gauges]: number };
  readonly measures: Map<Measure, Sparse[]>;
}

/** A rehearsal longer than this is refused. Seconds. */
export const MAX_SECONDS = 6 * 3600;
/** A process that is stalled for longer counts as lost. Seconds. */
const WINDOW_S = 30;
/** The most causes distinguished overall. */
const MAX_CAUSES = 256;

const noCounts = (): Record<Count, number> =>
  Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<Count, number>;
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Combines what all processes report about each second. Invalid values are left out. */
export class Timeline {
  readonly #seconds: Gathered[] = [];
  readonly totals = noCounts();
  readonly errors: Record<string, number> = {};
  readonly served: Record<string, number> = {};
  readonly measures = Object.fromEntries(MEASURES.map((name) => [name, new Histogram()])) as Record<
    Measure,
    Histogram
  >;

  add(second: Second): void {
    const { at } = second;
    if (!Number.isInteger(at) || at < 0 || at >= MAX_SECONDS) return;
    while (this.#seconds.length <= at)
      this.#seconds.push({
        counts: noCounts(),
        errors: {},
        reports: 0,
        gauges: { hearing: 0, dry: 0, waiting: 0, ring: 0, placed: 0 },
        measures: new Map(),
      });
    const row = this.#seconds[at];
    if (!row) return;
    row.reports += 1;
    for (const name of COUNTS) {
      const times = number(second.counts?.[name]);
      row.counts[name] += times;
      this.totals[name] += times;
    }
    for (const [cause, times] of Object.entries(second.errors ?? {})) {
      bump(row.errors, cause, number(times));
      bump(this.errors, cause, number(times));
    }
    for (const [what, times] of Object.entries(second.served ?? {})) bump(this.served, what, number(times));
    for (const name of ['hearing', 'dry', 'waiting', 'ring', 'placed'] as const)
      row.gauges[name] += number(second.gauges?.[name]);
    for (const name of MEASURES) {
      const sparse = second.measures?.[name];
      if (!Array.isArray(sparse)) continue;
      this.measures[name].merge(sparse);
      const list = row.measures.get(name);
      if (list) list.push(sparse);
      else row.measures.set(name, [sparse]);
    }
  }

  /** The number of seconds for which there are reports. */
  get length(): number {
    return this.#seconds.length;
  }

  /** One second; undefined beyond the end. */
  row(at: number): TimelineRow | undefined {
    const found = this.#seconds[at];
    if (!found) return undefined;
    const [p50, p99, max]: Partial<Record<Measure, number>>[] = [{}, {}, {}];
    for (const [name, list] of found.measures) {
      const histogram = new Histogram();
      for (const sparse of list) histogram.merge(sparse);
      for (const [into, share] of [
        [p50, 0.5],
        [p99, 0.99],
        [max, 1],
      ] as const) {
        const value = histogram.quantile(share);
        if (into && value !== undefined) into[name] = value;
      }
    }
    const { counts, errors, gauges } = found;
    return {
      at,
      counts,
      errors,
      gauges,
      complete: found.reports >= this.#expected(at),
      p50: p50 ?? {},
      p99: p99 ?? {},
      max: max ?? {},
    };
  }

  /** How many processes still existed after this second; a lost one does not come back. */
  #expected(at: number): number {
    let most = 0;
    // The last second may not be over for all; a few seconds later all have reported.
    for (const { reports } of this.#seconds.slice(at + 1, Math.min(at + WINDOW_S, this.#seconds.length - 1)))
      most = Math.max(most, reports);
    return most;
  }

  /** Every second, in order. */
  rows(): TimelineRow[] {
    return this.#seconds.map((_, at) => this.row(at) as TimelineRow);
  }
}

function bump(record: Record<string, number>, key: string, times: number): void {
  if (times === 0) return;
  const name = key in record || Object.keys(record).length < MAX_CAUSES ? key.slice(0, 40) : 'other';
  record[name] = (record[name] ?? 0) + times;
}
