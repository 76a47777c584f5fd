import { escapeHtml } from '../../base/plain-text.ts';
import { EXCLUSIONS, JOIN_FAILURES, METRICS, type MetricId } from '../../wire/metrics.ts';
import type { Figure, RoomNumbers } from '../../wire/numbers.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { PlainWords } from '../plain-words.ts';
import { byline, titleOf } from '../room-words.ts';
import { unitShape } from './unit-shape.ts';
import type { NumbersWords } from './words.ts';

const LOCALES = { en: 'en-GB', fr: 'fr-FR' } as const;
const whole = (value: number, { language }: NumbersWords): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 0 }).format(value);

/** Seconds as hours, minutes and seconds, the two largest that matter: `1,204 h 12 min`. */
function duration(seconds: number, words: NumbersWords): string {
  if (seconds < 60) return `${whole(seconds, words)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${whole(Math.floor(seconds / 3600), words)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const said = (value: number, { unit }: Figure, words: NumbersWords): string =>
  unit === 'seconds' ? duration(value, words) : whole(value, words);

/** The figure as text: live and replay listens are shown side by side, and a range as a range. */
export function spokenFigure(id: MetricId, figure: Figure, words: NumbersWords): string {
  if (id === 'listens_total')
    return words.liveAndReplay(
      whole(figure.parts?.live ?? 0, words),
      whole(figure.parts?.replay ?? 0, words),
    );
  if (figure.low !== undefined && figure.high !== undefined && figure.low !== figure.high)
    return `${said(figure.low, figure, words)} – ${said(figure.high, figure, words)}`;
  // A log of whole numbers has 0 where somebody listened now and then.
  if (id === 'avg_concurrent' && figure.value === 0) return words.belowOne;
  return said(figure.value, figure, words);
}

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

const table = (rows: readonly (readonly [string, number])[], words: NumbersWords): string =>
  `<table><thead><tr><th scope="col">${words.reason}</th><th scope="col">${words.count}</th></tr></thead><tbody>${rows
    .map(([name, count]) => `<tr><th scope="row">${name}</th><td>${whole(count, words)}</td></tr>`)
    .join('')}</tbody></table>`;

/** The first sentence of the page: the figure that most people look for. */
export function headline(numbers: RoomNumbers | undefined, words: NumbersWords): string {
  const peak = numbers?.metrics.peak_concurrent;
  const now = numbers?.metrics.listeners_now;
  if (!numbers || (!peak && !now)) return words.nothing;
  const sentences: string[] = [];
  if (now && numbers.state === 'live')
    sentences.push(
      now.low !== undefined && now.high !== undefined && numbers.status === 'range'
        ? words.between(whole(now.low, words), whole(now.high, words))
        : words.now(whole(now.value, words)),
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
  const figures = METRICS.flatMap(({ id }) => {
    const figure = numbers?.metrics[id];
    return figure ? [figureItem(id, figure, slug, words)] : [];
  });
  const excluded = EXCLUSIONS.flatMap((reason): (readonly [string, number])[] => {
    const count = numbers?.excluded[reason] ?? 0;
    return reason !== 'none' && count > 0 ? [[words.exclusions[reason], count]] : [];
  });
  const failed = JOIN_FAILURES.flatMap((reason): (readonly [string, number])[] => {
    const count = numbers?.failures?.[reason] ?? 0;
    return count > 0 ? [[words.failureNames[reason], count]] : [];
  });
  return `<main class="numbers-page page" data-slug="${slug}">
<p><a href="/r/${slug}">${words.back}</a></p>
<h1 dir="auto">${escapeHtml(titleOf(card, plain))}</h1>
<p class="hosts">${byline(card, plain)}</p>
<p class="lede" id="headline">${headline(numbers, words)}</p>
${numbers ? `<p id="status" class="status-${numbers.status}">${words.status[numbers.status]}${numbers.sampling < 1 ? ` ${words.sampled}` : ''}${numbers.state === 'final' ? ` ${words.final}` : ''}</p>` : ''}
<section aria-labelledby="picture-title" id="picture-section"><h2 id="picture-title">${words.picture}</h2>
<div id="evening"></div><noscript><p>${words.pictureNeedsScripts}</p></noscript></section>
<section aria-labelledby="figures-title"><h2 id="figures-title">${words.figures}</h2>
${figures.length > 0 ? `<ul class="figures" id="figures">\n${figures.join('\n')}\n</ul>` : `<p>${words.nothing}</p>`}</section>
${failed.length > 0 ? `<section aria-labelledby="failed-title"><h2 id="failed-title">${words.failures}</h2>${table(failed, words)}</section>` : ''}
<section aria-labelledby="excluded-title"><h2 id="excluded-title">${words.excluded}</h2>
${excluded.length > 0 ? `<p>${words.excludedLead}</p>${table(excluded, words)}` : `<p>${words.excludedNone}</p>`}</section>
<section aria-labelledby="check-title" id="check"><h2 id="check-title">${words.check}</h2>
<ol class="steps">${words
    .checkSteps(slug)
    .map((step) => `<li>${step}</li>`)
    .join('')}</ol>
<p class="ash">${words.checkLimit}</p></section>
</main>`;
}
