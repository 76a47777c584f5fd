import { createHash } from 'node:crypto';
import { escapeHtml } from '../base/plain-text.ts';
import type { Moment } from '../wire/moment.ts';
import {
  type Place,
  placeIn,
  pollAfter,
  type Range,
  type TicketPlace,
  waiting,
} from '../wire/place-in-line.ts';
import type { QueueState } from '../wire/queue.ts';
import type { PageWords } from './page-words.ts';

const STYLE = `:root{color-scheme:light dark;--ground:#f7f3ea;--stone:#ebe4d5;--ink:#1c1a17;--ash:#635d52;--aegean:#1f5a7a}
@media (prefers-color-scheme:dark){:root{--ground:#11131a;--stone:#1b1e28;--ink:#f1ece1;--ash:#a9a394;--aegean:#7cc0e4}}
body{margin:0;background:var(--ground);color:var(--ink);font:18px/1.5 system-ui,sans-serif}
main{max-width:36rem;margin:0 auto;padding:24px 16px}
h1{font-size:1.5rem}a{color:var(--aegean)}.ash{color:var(--ash);font-size:.9rem}
button,.button{display:inline-block;min-height:44px;padding:8px 20px;box-sizing:border-box;border:1px solid var(--aegean);border-radius:12px;background:var(--stone);color:var(--ink);font:inherit;text-decoration:none}
audio{width:100%;margin:16px 0}iframe{width:100%;height:16rem;border:0;background:var(--ground)}
dl>div{display:flex;justify-content:space-between;gap:16px;padding:8px 0;border-bottom:1px solid var(--stone)}dd{margin:0;font-variant-numeric:tabular-nums}
.part{padding:4px 0}.row{display:flex;flex-wrap:wrap;gap:12px}
header{max-width:36rem;margin:0 auto;padding:8px 16px 0}.home{display:inline-flex;align-items:center;min-height:44px;color:var(--ink);font:1.375rem/1 Palatino,Georgia,serif;text-decoration:none}
@media (max-width:30rem){iframe{height:23rem}}`;

/** The pages' own style and no scripts at all. Spec: CSP 3. */
export const QUEUE_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
  'cache-control': 'no-store',
  vary: 'accept-language',
  'x-robots-tag': 'noindex',
} as const;

/** Text written by people, in its own direction. Spec: HTML, 4.5.24 and 3.2.6.4. */
const heading = (title: string): string => `<h1 dir="auto">${escapeHtml(title)}</h1>`;
/** The same where there is no markup. Spec: UAX 9, 3.1.4 (FSI, PDI). */
const isolated = (title: string): string => `\u2068${title}\u2069`;

const html = (
  words: PageWords,
  title: string,
  refresh: string,
  body: string,
  part = '',
): string => `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${refresh}<style>${STYLE}</style>
</head>
<body>${part ? '' : '<header><a class="home" href="/">Earshot</a></header>\n'}<main${part}>
${body}
</main></body>
</html>
`;

/** Less than a minute counts as one. */
const whole = ({ low, high }: Range): Range => ({ low: high === 1 ? 1 : low, high });
const range = ({ low, high }: Range, { language }: PageWords): string =>
  low === high
    ? high.toLocaleString(language)
    : `${low.toLocaleString(language)}–${high.toLocaleString(language)}`;

/** A place in words: "12,400–12,900 people are ahead of you. About 38–44 minutes at the present pace." */
function placeWords(place: Place, words: PageWords): string {
  if (place.called) return words.turn;
  const { low, high } = place.ahead;
  const ahead =
    high === 0 ? words.nobodyAhead : words.ahead(range({ low: low || high, high }, words), low === 0);
  return `${ahead} ${place.minutes ? words.pace(range(whole(place.minutes), words)) : words.noPace}`;
}

/** The content of the queue's pages. */
export interface PageFacts {
  readonly slug: string;
  readonly title: string;
  /** What is happening in the room. */
  readonly moment: Moment;
  readonly words: PageWords;
  /** The ticket as text, and its place. */
  readonly ticket: string;
  readonly at: TicketPlace;
  readonly queue: QueueState;
  /** Wall-clock ms. */
  readonly now: number;
  /** In [0, 1): spreads the reloads. */
  readonly random: number;
  /** What became of the ticket that was sent. */
  readonly said?: string | undefined;
}

/** The fewest seconds between two loads of the part that reloads. */
const LEAST_RELOAD_S = 10;

/** The frame that shows the place and reloads itself. */
export function placePage({ slug, words, ticket, at, queue, now, random, said }: PageFacts): string {
  const place = placeIn(queue, at);
  const wait = Math.max(LEAST_RELOAD_S * (1 + 0.2 * random), pollAfter(queue, at, now, random) / 1000);
  const code = encodeURIComponent(ticket);
  const refresh = `<meta http-equiv="refresh" content="${Math.round(wait)};url=/r/${slug}/queue?part=place&amp;code=${code}">\n`;
  const lottery = now < queue.start ? `<p>${words.lottery}</p>` : '';
  const up = place.called
    ? `<p><a class="button" target="_top" href="/r/${slug}/radio.mp3?ticket=${code}">${words.listenLive}</a></p>`
    : '';
  return html(
    words,
    words.yourPlace,
    refresh,
    `${said ? `<p>${escapeHtml(said)}</p>` : ''}<p role="status"><strong>${placeWords(place, words)}</strong></p>${up}${lottery}
<p class="ash">${words.again(Math.round(wait))}</p>`,
    ' class="part"',
  );
}

/** The page of somebody in line, useful without scripts and without cookies. */
export function linePage({ slug, title, words, ticket, moment }: PageFacts): string {
  const code = encodeURIComponent(ticket);
  return html(
    words,
    words.inLine(isolated(title)),
    '',
    `${heading(title)}
${moment === 'break' ? `<p role="status">${words.onBreak}</p>\n` : ''}<p>${words.meanwhile}</p>
<audio controls preload="none" src="/r/${slug}/radio.mp3?ticket=${code}"></audio>
<iframe src="/r/${slug}/queue?part=place&amp;code=${code}" title="${words.yourPlace}"><a href="/r/${slug}/queue?part=place&amp;code=${code}">${words.yourPlace}</a></iframe>
<p class="ash">${words.keep}</p>
<p><a href="/r/${slug}">${words.room}</a> · <a href="/r/${slug}/queue?part=line">${words.check}</a></p>`,
  );
}

/** The line in figures, the same for everyone: what `queue.json` says, for people. */
export function wholePage({
  slug,
  title,
  words,
  queue,
  now,
}: Pick<PageFacts, 'slug' | 'title' | 'words' | 'queue' | 'now'>): string {
  const count = (value: number): string => Math.round(value).toLocaleString(words.language);
  const rows: (readonly [string, string])[] = [[words.waiting, range(waiting(queue), words)]];
  if (queue.places !== undefined) rows.push([words.places, count(queue.places)]);
  rows.push([words.free, count(queue.free)], [words.perMinute, count(queue.perMinute)]);
  const drawn =
    queue.start > now ? words.drawn(new Date(queue.start).toISOString().slice(11, 16)) : words.order;
  return html(
    words,
    words.theLine(isolated(title)),
    `<meta http-equiv="refresh" content="${LEAST_RELOAD_S}">\n`,
    `${heading(title)}
<h2>${words.check}</h2>
<dl>${rows.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join('')}</dl>
<p>${drawn}</p>
<p class="ash">${words.programs} <a href="/r/${slug}/queue.json">queue.json</a></p>
<p><a href="/r/${slug}">${words.room}</a></p>`,
  );
}

/** The page of somebody who is not in line yet. */
export const doorPage = (slug: string, title: string, words: PageWords, said?: string): string =>
  html(
    words,
    words.theLine(isolated(title)),
    '',
    `${heading(title)}
${said ? `<p>${escapeHtml(said)}</p>` : ''}<p>${words.taken}</p>
<form method="post" action="/r/${slug}/ticket"><button>${words.take}</button></form>
<p><a href="/r/${slug}">${words.room}</a></p>`,
  );

/** The page while nobody is waiting. */
export const openPage = (slug: string, title: string, words: PageWords): string =>
  html(
    words,
    isolated(title),
    '',
    `${heading(title)}
<p role="status">${words.nobodyWaits}</p>
<p class="row"><a class="button" target="_top" href="/r/${slug}">${words.toRoom}</a> <a class="button" target="_top" href="/r/${slug}/radio.mp3">${words.plainListen}</a></p>`,
  );
