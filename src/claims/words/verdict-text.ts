import { type MetricId, metricOf } from '../../wire/metrics.ts';
import type { ClaimUnchecked, ClaimVerdict } from '../check.ts';
import type { ClaimWords } from './claim-words.ts';

/** A verdict as plain text: its heading, a list below it, and further notes. */
export interface VerdictText {
  readonly heading: string;
  readonly sentence: string;
  readonly list: readonly string[];
  readonly notes: readonly string[];
}

const MOST_DIGITS = 4;

/** Formats a number for readers of a language. */
export const figuresOf = (value: number, { language }: ClaimWords): string =>
  value.toLocaleString(language === 'fr' ? 'fr' : 'en', { maximumFractionDigits: 2 });

/** Formats an instant as a date and a time of day in UTC. */
export const momentIn = (at: number, { language }: ClaimWords): string =>
  `${new Date(at).toLocaleString(language === 'fr' ? 'fr' : 'en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })} UTC`;

/** Formats a figure's value; listens are always given as their two parts, "9,800,000 live + 14,231,000 replay". */
export function valueText(
  metric: MetricId,
  value: number,
  parts: ClaimVerdict['parts'],
  words: ClaimWords,
): string {
  const known = Object.entries(parts ?? {}).filter(([part]) => words.parts[part] !== undefined);
  if (metric !== 'listens_total' || known.length < 2) return figuresOf(value, words);
  return known.map(([part, count]) => `${figuresOf(count, words)} ${words.parts[part]}`).join(' + ');
}

/** Restates what was claimed, as it was understood, and never in the stranger's own words. */
export function saidText({ said, number, as }: ClaimVerdict, words: ClaimWords): string {
  const size = said.bound === 'between' && Number.isFinite(said.high);
  const shown = size
    ? `${figuresOf(said.low, words)}–${figuresOf(said.high, words)}`
    : figuresOf(number, words);
  return words.said(said.bound, shown, words.nouns[as]);
}

/** Puts a verdict into words. */
export function verdictText(found: ClaimVerdict, words: ClaimWords): VerdictText {
  const { metric, value, nearest, components, at, later } = found;
  const figures = (number: number): string => figuresOf(number, words);
  const name = (id: MetricId): string => words.figures[id];
  const when = at === undefined ? undefined : momentIn(at, words);
  const notes = [
    ...(found.also ? [words.also(found.also.map(name).join(', '))] : []),
    ...(when !== undefined && later !== undefined ? [words.passed(when, figures(later))] : []),
    ...(when !== undefined && later === undefined ? [words.at(when)] : []),
    ...(found.corrected ? [words.corrected] : []),
    ...found.said.notes.map((note) => words.note(note, figures(found.number))),
    ...(found.entry === undefined ? [] : [words.entry(figures(found.entry))]),
  ];
  const estimated = found.error === undefined ? '' : ` ± ${figures(found.error)} (95 %)`;
  const base = { heading: words.headings[found.verdict], list: [] as readonly string[], notes };
  if (found.verdict === 'matches' && metric !== undefined && value !== undefined)
    return {
      ...base,
      sentence: words.matches(name(metric), valueText(metric, value, found.parts, words) + estimated),
    };
  if (found.verdict === 'named-wrongly' && metric !== undefined && value !== undefined) {
    const unit = words.units[metricOf(metric).unit];
    return {
      ...base,
      sentence: words.namedWrongly(
        name(metric),
        valueText(metric, value, found.parts, words) + estimated,
        unit,
        words.nouns[found.as],
      ),
    };
  }
  if (components)
    return {
      ...{ ...base, sentence: words.sum(figures(found.sum ?? 0)) },
      list: components.map((one) =>
        words.component(
          name(one.metric),
          valueText(one.metric, one.value, one.parts, words),
          words.units[one.unit],
          one.of,
        ),
      ),
    };
  return {
    ...{ ...base, sentence: nearest.length > 0 ? words.noMatch : '' },
    list: nearest.map((one) =>
      words.nearest(
        name(one.metric),
        figures(one.value),
        figures(Number(one.ratio.toPrecision(MOST_DIGITS))),
      ),
    ),
  };
}

/** Puts into words why there is no verdict. */
export const uncheckedText = (found: ClaimUnchecked, words: ClaimWords): string =>
  found.why === 'unlike-figures' ? words.notAdded[found.reason] : words.unread[found.why];
