import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import type { Forecast, ForecastScore, ForecastSpan, ForecastTold } from '../../wire/figures/forecast.ts';
import { arrivalPath, spanPicture } from '../../wire/figures/forecast-picture.ts';
import { forecastEnglish } from '../../words/forecast-english.ts';
import { forecastFrench } from '../../words/forecast-french.ts';
import { type ForecastTexts, forecastLines, headlineOf, scoreLine } from '../../words/forecast-words.ts';

const FRAME = {
  en: {
    toRoom: 'To the room',
    hostsOnly: 'The forecast of a room is for its hosts and for operators of this server.',
    inStudio: 'Whoever has a host’s link finds it in the studio.',
    signIn: 'Sign in',
    noRoom: 'There is no such room, or it is closed: then its forecast is for its hosts alone.',
  },
  fr: {
    toRoom: 'Vers la salle',
    hostsOnly: 'La prévision d’une salle est pour ses hôtes et pour les exploitants de ce serveur.',
    inStudio: 'Qui a un lien d’hôte la trouve dans le studio.',
    signIn: 'Se connecter',
    noRoom: 'Cette salle n’existe pas, ou elle est fermée : sa prévision est alors réservée à ses hôtes.',
  },
} as const;

const textsOf = (language: PageLanguage): ForecastTexts =>
  language === 'fr' ? forecastFrench : forecastEnglish;
const localeOf = (language: PageLanguage): string => (language === 'fr' ? 'fr-FR' : 'en-GB');
const paragraphs = (lines: readonly string[], as = ''): string =>
  lines.map((line) => `<p${as}>${escapeHtml(line)}</p>`).join('');

/** Width and height of pictures, and the room at their sides, in units of the drawing. */
const [WIDTH, SIDE] = [320, 8];

/** An interval with the mark of what came. Its text stands beside it. */
function spanSvg(span: ForecastSpan, came: number | undefined, locale: string, label: string): string {
  const { low, high, middle, came: end, ticks } = spanPicture(span, came);
  const x = (at: number): string => (SIDE + at * (WIDTH - 2 * SIDE)).toFixed(1);
  const line = (at: number, name: string, top: number, bottom: number): string =>
    `<line class="${name}" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${bottom}"/>`;
  return `<svg class="forecast-span" viewBox="0 0 ${WIDTH} 44" role="img" aria-label="${escapeHtml(label)}">
<line class="axis" x1="${SIDE}" x2="${WIDTH - SIDE}" y1="26" y2="26"/>
${ticks.map(({ people, at }) => `${line(at, 'axis', 26, 30)}<text x="${x(at)}" y="41" text-anchor="middle">${people.toLocaleString(locale, { notation: 'compact' })}</text>`).join('')}
<rect class="span" x="${x(low)}" y="8" width="${Math.max(2, Number(x(high)) - Number(x(low))).toFixed(1)}" height="14" rx="3"/>
${middle === undefined ? '' : line(middle, 'middle', 8, 22)}${end === undefined ? '' : `${line(end, 'came', 2, 26)}`}</svg>`;
}

/** When they arrive. */
function curveSvg({ arrivals }: Forecast, label: string): string {
  const inner = WIDTH - 2 * SIDE;
  const [first = 0] = arrivals[0] ?? [];
  const zero = SIDE + (-first / Math.max(1, arrivals.length)) * inner;
  return `<svg class="forecast-curve" viewBox="0 0 ${WIDTH} 64" role="img" aria-label="${escapeHtml(label)}">
<g transform="translate(${SIDE} 4)"><path class="span" d="${arrivalPath(arrivals, inner, 44)}"/></g>
<line class="axis" x1="${SIDE}" x2="${WIDTH - SIDE}" y1="48" y2="48"/><line class="came" x1="${zero.toFixed(1)}" x2="${zero.toFixed(1)}" y1="4" y2="52"/>
<text x="${SIDE}" y="61">−30 min</text><text x="${WIDTH - SIDE}" y="61" text-anchor="end">+120 min</text></svg>`;
}

/** All there is to say of one room's forecast. */
export function forecastPage(language: PageLanguage, told: ForecastTold): { title: string; main: string } {
  const texts = textsOf(language);
  const locale = localeOf(language);
  const lines = forecastLines(told, texts, locale);
  const { now: forecast, outcome, shown } = told;
  const { now } = lines;
  const before = lines.shown.map(
    ({ says, hit }, i) =>
      `<li class="${hit ? (hit.peak === 'inside' ? 'good' : hit.peak === 'unknown' ? '' : 'bad') : ''}"><p>${escapeHtml(says)}</p>${spanSvg(shown[i]?.spans.peak ?? { low: 0, high: 0 }, outcome?.came.peak, locale, says)}</li>`,
  );
  return {
    title: texts.title,
    main: `<main class="page people forecast"><h1>${texts.title}</h1>
<p><a href="/r/${told.room}" dir="auto">${escapeHtml(told.title)}</a></p>
${
  now && forecast
    ? `<section><p class="large">${escapeHtml(now.headline)}</p>
${spanSvg(forecast.spans.peak, undefined, locale, `${texts.picture}: ${now.headline}`)}
<p class="ash small">${escapeHtml(texts.estimate)}</p>
${paragraphs(now.more)}
${curveSvg(forecast, texts.curve)}<p class="ash small">${escapeHtml(texts.curve)}</p></section>
<section><h2>${texts.toDo}</h2>${now.advice.length > 0 ? `<ul>${now.advice.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>` : `<p>${texts.nothingToDo}</p>`}
${paragraphs(now.rung)}</section>`
    : ''
}
${lines.state ? `<p>${escapeHtml(lines.state)}</p>` : ''}
${before.length > 0 ? `<section><h2>${texts.before}</h2><ul class="forecasts">${before.join('')}</ul></section>` : ''}
<p>${escapeHtml(lines.score)}</p>
${lines.serverScore ? `<p>${texts.serverScore}${escapeHtml(lines.serverScore)}</p>` : ''}</main>`,
  };
}

/** The page for whoever may not read it, and for rooms that are not there. */
export function forecastElsewhere(
  language: PageLanguage,
  slug: string,
  status: number,
): { title: string; main: string } {
  const words = FRAME[language];
  const { title } = textsOf(language);
  // Of a closed room nothing is said that is not said of one that is not there.
  const says = status === 404 ? words.noRoom : words.hostsOnly;
  // Nor is its address: where it came from a door, that is not the one that was asked for.
  const next = status === 401 ? `?next=${encodeURIComponent(`/r/${slug}/forecast`)}` : '';
  const signIn =
    status === 401 || status === 404
      ? `<p><a class="button" href="/sign-in${next}">${words.signIn}</a></p>`
      : '';
  const toRoom = status === 404 ? '' : `<p><a href="/r/${slug}">${words.toRoom}</a></p>`;
  return {
    title,
    main: `<main class="page people"><h1>${title}</h1><p role="alert">${says} ${words.inStudio}</p>${signIn}${toRoom}</main>`,
  };
}

/** The rooms that come next, and how often forecasts were right. */
export interface ComingRooms {
  readonly rooms: readonly ForecastTold[];
  readonly score: ForecastScore;
}

/** The rooms that come next, for the operator's page: one line each, and what needs doing. */
export function comingForecasts(language: PageLanguage, { rooms, score }: ComingRooms): string {
  const texts = textsOf(language);
  const locale = localeOf(language);
  const n = (value: number): string => value.toLocaleString(locale);
  const when = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  const items = rooms.flatMap((told) => {
    const { room, title, start, now } = told;
    if (!now) return [];
    const { advice } = forecastLines(told, texts, locale).now ?? { advice: [] };
    return [
      `<li><p><a href="/r/${room}/forecast" dir="auto">${escapeHtml(title)}</a>${start === undefined ? '' : ` <span class="ash">${when.format(start)} UTC</span>`}<br>${escapeHtml(headlineOf(now, texts, n))}</p>${advice.length > 0 ? `<ul>${advice.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>` : ''}</li>`,
    ];
  });
  if (items.length === 0) return '';
  return `<section aria-labelledby="forecast"><h2 id="forecast">${texts.title}</h2><p class="ash small">${escapeHtml(texts.estimate)}</p><ul class="forecasts">${items.join('')}</ul><p>${texts.serverScore}${escapeHtml(scoreLine(score, texts, n))}</p></section>`;
}
