import type { EvidenceFigure, MinuteEntry } from '../../wire/evidence-entry.ts';
import { togetherIfFew } from '../../wire/figures/small-counts.ts';
import { type Counting, METRICS, type MetricId, type Unit } from '../../wire/metrics.ts';
import type { Reconciliation } from '../../wire/numbers.ts';
import type { LoggedItem } from '../evening.ts';
import { estimate } from '../sampling.ts';

/**
 * One figure at one moment. Every figure is a row of its own, with its unit: no two unlike figures stand in one column
 * that a program would add up.
 */
export interface ExportRow {
  /** Wall-clock ms. */
  readonly at: number;
  readonly metric: MetricId;
  /** A part that is told apart: a reason, `stage` or `standby`; '' for the whole. */
  readonly part: string;
  readonly unit: Unit;
  readonly net: number;
  readonly gross: number | undefined;
  /** For listeners_now: the server's count S and the players' count C. */
  readonly delivered: number | undefined;
  readonly proven: number | undefined;
  readonly method: Counting;
  readonly error: number | undefined;
  readonly status: Reconciliation | '';
  /** `live`, `final` or `correction`. */
  readonly state: 'live' | 'final' | 'correction';
  /** Index of the entry in the evidence log. */
  readonly entry: number;
}

const UNITS = new Map<string, Unit>(METRICS.map(({ id, unit }) => [id, unit]));

interface Moment {
  readonly at: number;
  readonly status: Reconciliation | '';
  readonly state: ExportRow['state'];
  readonly entry: number;
}

function* figureRows(id: MetricId, figure: EvidenceFigure, moment: Moment): Generator<ExportRow> {
  const unit = UNITS.get(id);
  // A figure of a newer version: its unit is not known here.
  if (unit === undefined) return;
  const { net, gross, method, error, parts = {} } = figure;
  const row = { ...moment, metric: id, unit, method, error, delivered: undefined, proven: undefined };
  yield { ...row, part: '', net, gross };
  for (const [part, value] of told(id, parts)) yield { ...row, part, net: value, gross: undefined };
}

/** Parts as they are told: reasons of failures that stand for fewer than 20 are one row, `few`. */
function told(id: MetricId, parts: Readonly<Record<string, number>>): (readonly [string, number])[] {
  if (id !== 'join_failures') return Object.entries(parts);
  const { alone, few } = togetherIfFew(Object.entries(parts));
  return few ? [...alone, ['few', few.count]] : [...alone];
}

function* samples({ samples, status, sampling }: MinuteEntry, entry: number): Generator<ExportRow> {
  const share = sampling / 1e6;
  const method = share < 1 ? 'sampled' : 'counted';
  for (const [at, s, c, m, gross] of samples) {
    const error = share < 1 ? Math.ceil(estimate(m * share, share).error) : undefined;
    yield {
      ...{ at: at * 1000, metric: 'listeners_now', part: '', unit: 'sessions', net: m, gross },
      ...{ delivered: s, proven: c, method, error, status, state: 'live', entry },
    };
  }
}

/** The rows for a room's entries, in log order. */
export function* exportRows(entries: Iterable<LoggedItem>): Generator<ExportRow> {
  for (const { index, entry } of entries) {
    if (entry.kind === 'minute') {
      yield* samples(entry, index);
      const moment = {
        at: (entry.minute + 1) * 60_000,
        status: entry.status,
        state: 'live' as const,
        entry: index,
      };
      for (const [id, figure] of Object.entries(entry.total))
        if (id !== 'listeners_now') yield* figureRows(id as MetricId, figure, moment);
    } else if (entry.kind === 'final' || entry.kind === 'correction') {
      const moment = { at: entry.at, status: '' as const, state: entry.kind, entry: index };
      for (const [id, figure] of Object.entries(entry.total))
        yield* figureRows(id as MetricId, figure, moment);
    }
  }
}

/** The definitions that are included in an exported file, one text per figure. */
export const definitionLines = (): string[] =>
  METRICS.map(
    ({ id, unit, additive, version, since, rule }) =>
      `${id} (${unit}, version ${version} since ${since}, ${additive ? 'may be added to itself over time' : 'must not be added'}): ${rule}`,
  );
