import type { Evening } from '../../../src/wire/evening.ts';
import { togetherIfFew } from '../../../src/wire/figures/small-counts.ts';
import { EXCLUSIONS, JOIN_FAILURES, type MetricId, type Unit } from '../../../src/wire/metrics.ts';
import type { Figure, RoomNumbers } from '../../../src/wire/numbers.ts';
import { isRange, spokenFigure, valueText, wholeText } from '../../../src/words/figure-text.ts';
import type { FigureWords } from '../../../src/words/figure-words.ts';
import type { RoomNotesWords } from '../words/numbers-words.ts';

/** One row of the card: a figure under its public name, with what belongs to it. */
export interface FigureRow {
  readonly id: string;
  readonly unit: Unit;
  readonly name: string;
  readonly value: string;
  /** Smaller: the range of the two counts, the gross figure, reasons. */
  readonly notes: readonly string[];
}

/** Figures of the card, in the order of the public page. */
const SHOWN: readonly MetricId[] = [
  ...(['listeners_now', 'peak_concurrent', 'in_room_now', 'tuned_in_live', 'listens_total'] as const),
  ...(['join_attempts', 'join_success', 'join_failures'] as const),
];

/** Reasons with their counts, the largest first; those of fewer than 20 in one line. */
function reasons<Reason extends string>(
  list: readonly Reason[],
  counts: Readonly<Partial<Record<Reason, number>>> | undefined,
  names: Readonly<Record<Reason, string>>,
  words: FigureWords,
): string[] {
  const rows = list
    .map((reason) => [names[reason], counts?.[reason] ?? 0] as const)
    .filter(([name]) => name !== '');
  const { alone, few } = togetherIfFew(rows.toSorted(([, a], [, b]) => b - a));
  const told = alone.map(([name, count]) => `${name}: ${wholeText(count, words)}`);
  return few ? [...told, `${words.fewEach(few.reasons.join(', '))}: ${wholeText(few.count, words)}`] : told;
}

function notesOf(
  id: MetricId,
  figure: Figure,
  numbers: RoomNumbers,
  words: FigureWords,
  own: RoomNotesWords,
): string[] {
  const { low, high, error, gross, net } = figure;
  const band = low !== undefined && high !== undefined && low !== high && !isRange(figure);
  return [
    band ? own.band(valueText(low, figure, words), valueText(high, figure, words)) : '',
    error === undefined ? '' : words.error(valueText(error, figure, words)),
    gross === net ? '' : own.gross(valueText(gross, figure, words)),
    ...(id === 'join_failures' ? reasons(JOIN_FAILURES, numbers.failures, words.failureNames, words) : []),
  ].filter(Boolean);
}

/** The figures of a room as rows; what is not known has none. */
export function figureRows(numbers: RoomNumbers, words: FigureWords, own: RoomNotesWords): FigureRow[] {
  const rows = SHOWN.flatMap((id): FigureRow[] => {
    const figure = numbers.metrics[id];
    if (!figure) return [];
    const notes = notesOf(id, figure, numbers, words, own);
    return [{ id, unit: figure.unit, name: words.names[id], value: spokenFigure(id, figure, words), notes }];
  });
  const out = reasons(EXCLUSIONS, numbers.excluded, words.exclusions, words);
  const all = EXCLUSIONS.reduce(
    (sum, reason) => sum + (reason === 'none' ? 0 : (numbers.excluded[reason] ?? 0)),
    0,
  );
  const leftOut: FigureRow = {
    ...{ id: 'excluded', unit: 'sessions', name: own.leftOut, value: wholeText(all, words), notes: out },
  };
  return [...rows, leftOut];
}

/** By how many minutes the first words were late, and how often there was silence, by the log. */
export function lateAndSilent({ events }: Evening): {
  readonly late: number | undefined;
  readonly silences: number;
} {
  const last = (what: string): number | undefined => events.findLast((event) => event.what === what)?.at;
  const [scheduled, spoke] = [last('scheduled'), last('first-speech')];
  return {
    late:
      scheduled === undefined || spoke === undefined
        ? undefined
        : Math.max(0, Math.round((spoke - scheduled) / 60)),
    silences: events.filter(({ what }) => what === 'dead-air').length,
  };
}
