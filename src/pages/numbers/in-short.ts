import { togetherIfFew } from '../../wire/figures/small-counts.ts';
import { EXCLUSIONS, JOIN_FAILURES, type MetricId } from '../../wire/metrics.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import { shareText, spokenFigure, valueText, wholeText } from '../../words/figure-text.ts';
import type { NumbersWords } from './words.ts';

/** Reasons that are named in a sentence; the table below has all. */
const NAMED = 3;

/** Figures that are easily taken for an audience, in the order in which they are told. */
const OTHERS: readonly MetricId[] = [
  'listens_total',
  'visits',
  'join_attempts',
  'post_impressions',
  'embed_impressions',
];

/** Counts by their reason, the largest first, those of 0 left out. */
export function byReason<Reason extends string>(
  reasons: readonly Reason[],
  counts: Readonly<Partial<Record<Reason, number>>> | undefined,
  names: Readonly<Record<Reason, string>>,
): (readonly [name: string, count: number])[] {
  return reasons
    .map((reason) => [names[reason], counts?.[reason] ?? 0] as const)
    .filter(([name, count]) => count > 0 && name !== '')
    .sort(([, a], [, b]) => b - a);
}

/** The first few reasons with their counts, as part of a sentence; small counts are not told. */
function named(rows: readonly (readonly [string, number])[], words: NumbersWords): string {
  const { alone, few } = togetherIfFew(rows);
  if (alone.length === 0) return words.fewEach(few?.reasons.join(', ') ?? '');
  const told = alone.slice(0, NAMED).map(([name, count]) => `${name} (${wholeText(count, words)})`);
  return alone.length > NAMED || few ? words.andMore(told.join(', ')) : told.join(', ');
}

const all = (rows: readonly (readonly [string, number])[]): number =>
  rows.reduce((sum, [, count]) => sum + count, 0);

/** How sure the headline is: what the two counts say of the busiest moment, and the error where there is one. */
function howSure(numbers: RoomNumbers, words: NumbersWords): string {
  const { peak_concurrent: peak } = numbers.metrics;
  if (!peak) return words.status[numbers.status];
  const { low, high, error, value, method } = peak;
  const both =
    low === undefined || high === undefined
      ? words.status[numbers.status]
      : words.twoCounts(wholeText(low, words), wholeText(high, words), wholeText(value, words));
  const miss =
    error === undefined
      ? words.noEstimate(words.methods[method])
      : words.estimate(valueText(error, peak, words));
  return `${both} ${miss}`;
}

function howMany({ metrics }: RoomNumbers, words: NumbersWords): string {
  const {
    peak_concurrent: peak,
    avg_concurrent: average,
    tuned_in_live: live,
    replay_listens: replay,
  } = metrics;
  const { unique_listeners: people } = metrics;
  return [
    peak ? words.atOnce(spokenFigure('peak_concurrent', peak, words)) : '',
    average ? words.onAverage(spokenFigure('avg_concurrent', average, words)) : '',
    live
      ? words.inAll(valueText(live.value, live, words), replay && valueText(replay.value, replay, words))
      : '',
    people && !people.parts ? words.different(valueText(people.value, people, words)) : '',
    words.minuteBelow,
  ]
    .filter(Boolean)
    .join(' ');
}

function gotIn(numbers: RoomNumbers, words: NumbersWords): string {
  const { join_attempts: pressed, join_success: heard, join_failures: failed } = numbers.metrics;
  if (!pressed || !heard) return words.joinsUnknown;
  const text = (figure: typeof pressed): string => valueText(figure.value, figure, words);
  const why = byReason(JOIN_FAILURES, numbers.failures, words.failureNames);
  if (!failed || failed.value === 0) return words.allIn(text(pressed), text(heard));
  const share = shareText(failed.value / Math.max(1, pressed.value), words);
  return words.someFailed(text(pressed), text(heard), text(failed), share, named(why, words));
}

function leftOut(numbers: RoomNumbers, words: NumbersWords): string {
  const rows = byReason(EXCLUSIONS, numbers.excluded, words.exclusions);
  if (rows.length === 0) return words.excludedNone;
  const { peak_concurrent: peak } = numbers.metrics;
  return [
    words.notCounted(wholeText(all(rows), words), named(rows, words)),
    peak && peak.gross > peak.net
      ? words.withThem(wholeText(peak.gross, words), wholeText(peak.net, words))
      : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function otherNumbers(numbers: RoomNumbers, words: NumbersWords): string {
  const { peak_concurrent: peak } = numbers.metrics;
  const listed = OTHERS.flatMap((id) => {
    const figure = numbers.metrics[id];
    return figure && figure.value > 0 ? [words.named(words.names[id], spokenFigure(id, figure, words))] : [];
  });
  return words.otherNumbers(
    peak ? spokenFigure('peak_concurrent', peak, words) : '0',
    listed.join(words.separator),
  );
}

/** What most people come to ask, each answered in a sentence or two; the sections below say more. */
export function inShort(slug: string, numbers: RoomNumbers, words: NumbersWords): string {
  const form = `<form class="claim" action="/claims"><input type="hidden" name="room" value="${slug}">
<label for="claim">${words.checkNumber}</label><input id="claim" name="text" required maxlength="400" dir="auto" autocomplete="off" placeholder="${words.numberExample}"><button class="button quiet">${words.checkIt}</button></form>`;
  const rows: readonly (readonly [question: string, answer: string])[] = [
    [words.asks.howMany, howMany(numbers, words)],
    [words.asks.howSure, howSure(numbers, words)],
    [words.asks.gotIn, `${gotIn(numbers, words)} <a href="#failed">${words.more}</a>`],
    [words.asks.leftOut, `${leftOut(numbers, words)} <a href="#left-out">${words.more}</a>`],
    [words.asks.otherNumbers, `${otherNumbers(numbers, words)}${form}`],
    [words.asks.canCheck, words.canCheck],
  ];
  return `<section aria-labelledby="short-title" id="in-short"><h2 id="short-title">${words.inShort}</h2>
<dl>${rows.map(([question, answer]) => `<div><dt>${question}</dt><dd>${answer}</dd></div>`).join('\n')}</dl></section>`;
}
