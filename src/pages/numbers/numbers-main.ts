import { escapeHtml } from '../../base/plain-text.ts';
import { togetherIfFew } from '../../wire/figures/small-counts.ts';
import { EXCLUSIONS, JOIN_FAILURES, METRICS, type MetricId } from '../../wire/metrics.ts';
import type { Figure, RoomNumbers } from '../../wire/numbers.ts';
import { isOver, type RoomCard } from '../../wire/room.ts';
import { isRange, valueText as said, spokenFigure, wholeText as whole } from '../../words/figure-text.ts';
import { unitShape } from '../../words/unit-shape.ts';
import type { PlainWords } from '../plain-words.ts';
import { byline, titleOf } from '../room-words.ts';
import { byReason, inShort } from './in-short.ts';
import type { NumbersWords } from './words.ts';

/** Figures of the present moment. */
const NOW: ReadonlySet<MetricId> = new Set(['listeners_now', 'in_room_now']);

/** Parts that are figures of their own are shown with their names. */
const partsOf = (figure: Figure, words: NumbersWords): string =>
  Object.entries(figure.parts ?? {})
    .filter(([name]) => Object.hasOwn(words.parts, name))
    .map(([name, value]) => `${words.parts[name]} ${said(value, figure, words)}`)
    .join(', ');

function figureItem(id: MetricId, figure: Figure, slug: string, words: NumbersWords): string {
  const { unit, version, since } = METRICS.find((each) => each.id === id) ?? METRICS[0];
  const parts = id === 'listens_total' ? '' : partsOf(figure, words);
  const notes = [
    words.methods[figure.method],
    figure.error === undefined ? '' : words.error(said(figure.error, figure, words)),
    figure.low === undefined || figure.high === undefined || figure.low === figure.high
      ? ''
      : words.band(said(figure.low, figure, words), said(figure.high, figure, words)),
    figure.gross === figure.net ? '' : words.grossIs(said(figure.gross, figure, words)),
    parts,
  ].filter(Boolean);
  return `<li class="figure-item unit-${unit}" id="${id}">
<h3>${unitShape(unit)}${words.names[id]}</h3>
<p class="figure" data-metric="${id}">${spokenFigure(id, figure, words)}</p>
<p class="small ash">${words.units[unit]}; <span data-notes="${id}">${notes.join('; ')}</span>.</p>
<details><summary>${words.definition}</summary><p>${words.rules[id]}</p>
<p class="small ash">${words.version(version, since)} ${figure.entry === undefined ? words.noEntry : `<a href="/evidence/entry/${figure.entry}">${words.entry(figure.entry)}</a>`}.</p>
<p class="small"><a href="/r/${slug}/numbers/${id}.svg">${words.embed}</a></p></details>
</li>`;
}

/** Counts by reason; those of fewer than 20 stand in one row. */
function table(rows: readonly (readonly [string, number])[], words: NumbersWords): string {
  const { alone, few } = togetherIfFew(rows);
  const told = few ? [...alone, [words.fewEach(few.reasons.join(', ')), few.count] as const] : alone;
  const body = told.map(
    ([name, count]) => `<tr><th scope="row">${name}</th><td>${whole(count, words)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">${words.reason}</th><th scope="col">${words.count}</th></tr></thead><tbody>${body.join('')}</tbody></table>`;
}

/** A figure, with its error when it is an estimate. */
const estimated = ({ value, error }: Figure, words: NumbersWords): string =>
  `${whole(value, words)}${error === undefined ? '' : ` ${words.error(whole(error, words))}`}`;

/** The first sentence of the page: the figure that most people look for. */
export function headline(numbers: RoomNumbers | undefined, words: NumbersWords, over = false): string {
  const peak = numbers?.metrics.peak_concurrent;
  const now = over ? undefined : numbers?.metrics.listeners_now;
  if (!numbers || (!peak && !now)) return words.nothing;
  const sentences: string[] = [];
  if (now && numbers.state === 'live')
    sentences.push(
      now.low !== undefined && now.high !== undefined && isRange(now)
        ? words.between(whole(now.low, words), whole(now.high, words))
        : words.now(estimated(now, words)),
    );
  if (peak) sentences.push(words.peak(spokenFigure('peak_concurrent', peak, words)));
  return sentences.join(' ');
}

/** The `main` element of the numbers page; everything except the chart is there without scripts. */
export function numbersMain(
  card: RoomCard,
  numbers: RoomNumbers | undefined,
  plain: PlainWords,
  words: NumbersWords,
): string {
  const { slug } = card;
  // Of a room that is over, nobody asks how many are in it now.
  const over = isOver(card.status);
  const figures = METRICS.flatMap(({ id }) => {
    const figure = over && NOW.has(id) ? undefined : numbers?.metrics[id];
    return figure ? [figureItem(id, figure, slug, words)] : [];
  });
  const excluded = byReason(EXCLUSIONS, numbers?.excluded, words.exclusions);
  const failed = byReason(JOIN_FAILURES, numbers?.failures, words.failureNames);
  return `<main class="numbers-page page" data-slug="${slug}">
<p><a href="/r/${slug}">${words.back}</a></p>
<h1 dir="auto">${escapeHtml(titleOf(card, plain))}</h1>
<p class="hosts">${byline(card, plain)}</p>
<p class="lede" id="headline">${headline(numbers, words, over)}</p>
${numbers ? `<p id="status" class="status-${numbers.status}">${words.status[numbers.status]}${numbers.sampling < 1 ? ` ${words.sampled}` : ''}${numbers.state === 'final' ? ` ${words.final}` : ''}</p>` : ''}
${numbers && (numbers.metrics.peak_concurrent || numbers.metrics.visits) ? inShort(slug, numbers, words) : ''}
<section aria-labelledby="picture-title" id="picture-section"><h2 id="picture-title">${words.picture}</h2>
<div id="evening"></div><noscript><p>${words.pictureNeedsScripts(slug)}</p></noscript></section>
<section aria-labelledby="figures-title"><h2 id="figures-title">${words.figures}</h2>
${figures.length > 0 ? `<ul class="figures" id="figures">\n${figures.join('\n')}\n</ul>` : `<p>${words.nothing}</p>`}</section>
${failed.length > 0 ? `<section aria-labelledby="failed-title" id="failed"><h2 id="failed-title">${words.failures}</h2>${table(failed, words)}</section>` : ''}
<section aria-labelledby="excluded-title" id="left-out"><h2 id="excluded-title">${words.excluded}</h2>
${excluded.length > 0 ? `<p>${words.excludedLead}</p>${table(excluded, words)}` : `<p>${words.excludedNone}</p>`}</section>
<section aria-labelledby="check-title" id="check"><h2 id="check-title">${words.check}</h2>
<ol class="steps">${words
    .checkSteps(slug)
    .map((step) => `<li>${step}</li>`)
    .join('')}</ol>
<p class="ash">${words.checkLimit}</p></section>
</main>`;
}
