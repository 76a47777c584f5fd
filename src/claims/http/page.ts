import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../base/errors.ts';
import { ERRORS } from '../../base/errors.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { metricOf } from '../../wire/metrics.ts';
import { unitShape } from '../card/unit-shape.ts';
import { CASE_WORDS } from '../case-2024/words.ts';
import type { ClaimVerdict } from '../check.ts';
import type { ClaimWords } from '../words/claim-words.ts';
import { saidText, verdictText } from '../words/verdict-text.ts';

const STYLE = `:root{color-scheme:light dark;--ground:#f7f3ea;--stone:#ebe4d5;--ink:#1c1a17;--ash:#635d52;--aegean:#1f5a7a;--ember:#a93c1a;--olive:#55662b;--ochre:#7a580f;--edge:#827a68;--on:#fffaf2}
@media (prefers-color-scheme:dark){:root{--ground:#11131a;--stone:#1b1e28;--ink:#f1ece1;--ash:#a9a394;--aegean:#7cc0e4;--ember:#ff8a5c;--olive:#b4c878;--ochre:#e2b95a;--edge:#6d7182;--on:#1d0d06}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;font-variant-numeric:tabular-nums}
header,main{max-width:44rem;margin:0 auto;padding:8px 16px}main{padding-bottom:48px}
.home{display:inline-flex;align-items:center;min-height:44px;color:var(--ink);font:1.375rem/1 Palatino,Georgia,serif;text-decoration:none}
h1{font:400 2rem/1.2 Palatino,Georgia,serif;margin:8px 0}h2{font:400 1.5rem/1.25 Palatino,Georgia,serif;margin:0 0 8px}h3{font-size:1rem;margin:24px 0 4px}
a{color:var(--aegean)}.ash{color:var(--ash)}.small{font-size:.9rem}
form{display:grid;gap:16px;margin:24px 0}label{display:grid;gap:4px}
input,select,textarea{width:100%;min-height:44px;padding:8px 12px;border:1px solid var(--edge);border-radius:12px;background:var(--ground);color:var(--ink);font:inherit}
button{justify-self:start;min-height:44px;padding:8px 24px;border:0;border-radius:12px;background:var(--ember);color:var(--on);font:inherit;font-weight:600}
:focus-visible{outline:3px solid var(--aegean);outline-offset:2px}
.result{padding:20px;border:1px solid var(--edge);border-left-width:8px;border-radius:12px;background:var(--stone);overflow-wrap:anywhere}
.matches{border-left-color:var(--olive)}.named-wrongly,.sum-of-unlike{border-left-color:var(--ochre)}.no-match,.refused{border-left-color:var(--ember)}
.figure{display:flex;gap:16px;align-items:flex-start}.figure svg{flex:none;width:48px;height:48px;color:var(--aegean)}.figure p{margin:0;font-size:1.125rem}
ul{padding-left:20px}li{margin:4px 0}
.tiles{list-style:none;padding:0}.tiles li{display:flex;gap:12px;align-items:flex-start;margin:8px 0}.tiles svg{flex:none;width:28px;height:28px;color:var(--aegean)}
img{max-width:100%;height:auto;border:1px solid var(--edge);border-radius:12px}
blockquote{margin:0 0 12px;font:1.25rem/1.4 Palatino,Georgia,serif}article{margin:24px 0}
@media (max-width:30rem){h1{font-size:1.6rem}}`;

/** The page's own style, no scripts. Spec: CSP 3. */
export const CLAIMS_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
  'cache-control': 'no-store',
  vary: 'accept-language',
} as const;

/** The content of the claims page. */
export interface ClaimsPage {
  readonly words: ClaimWords;
  readonly rooms: readonly { readonly slug: string; readonly title: string }[];
  readonly query: URLSearchParams;
  /** The address of this server. */
  readonly base: string;
}

/** The frame of every page about claims. */
export const claimsShell = (
  { words, base }: Pick<ClaimsPage, 'words' | 'base'>,
  title: string,
  main: string,
  extra = '',
): string => `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(words.page.lead)}">
<meta property="og:title" content="${escapeHtml(title)}">
<meta property="og:site_name" content="Earshot">
<link rel="icon" href="${escapeHtml(base)}/favicon.svg" type="image/svg+xml">
${extra}<style>${STYLE}</style>
</head>
<body><header><a class="home" href="/">Earshot</a></header>
<main>
${main}
</main></body>
</html>
`;

/** The shape of a unit, shown beside a figure; its name is in the text. */
export const shapeSvg = (unit: Parameters<typeof unitShape>[0]): string =>
  `<svg viewBox="0 0 48 48" aria-hidden="true">${unitShape(unit)}</svg>`;

/** A verdict as HTML. */
export function verdictHtml(found: ClaimVerdict, words: ClaimWords, level: 2 | 3 = 2): string {
  const text = verdictText(found, words);
  const units = found.components
    ? found.components.map(({ unit }) => unit)
    : found.metric === undefined
      ? found.nearest.map(({ metric }) => metricOf(metric).unit)
      : [];
  const list = text.list.map((line, i) => {
    const unit = units[i];
    return `<li>${unit ? shapeSvg(unit) : ''}<span>${escapeHtml(line)}</span></li>`;
  });
  const rule =
    found.metric === undefined
      ? ''
      : `<p class="small"><strong>${words.page.definition}.</strong> ${escapeHtml(words.rules[found.metric])}</p>`;
  const unit = found.metric === undefined ? undefined : metricOf(found.metric).unit;
  return `<h${level}>${escapeHtml(text.heading)}</h${level}>
${text.sentence ? `<div class="figure">${unit ? shapeSvg(unit) : ''}<p>${escapeHtml(text.sentence)}</p></div>` : ''}
${list.length > 0 ? `<ul class="tiles">${list.join('')}</ul>` : ''}
${text.notes.length > 0 ? `<ul class="small">${text.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : ''}
${rule}`;
}

/** The page `/claims`: a form for a sentence and a room, and the verdict. It works without scripts. */
export function claimsPage(
  page: ClaimsPage,
  answered?:
    | { readonly verdict: ClaimVerdict; readonly title: string }
    | { readonly refused: string | undefined; readonly code: ErrorCode },
): string {
  const { words, rooms, query } = page;
  const own = words.page;
  const value = (name: string): string => escapeHtml((query.get(name) ?? '').slice(0, 400));
  const options = rooms.map(
    ({ slug, title }) => `<option value="${escapeHtml(slug)}">${escapeHtml(title)}</option>`,
  );
  const form = `<form method="get" action="/claims">
<label>${own.sentence} <input name="text" required maxlength="400" value="${value('text')}" aria-describedby="example" autocomplete="off" dir="auto"><span id="example" class="ash small">${own.example}</span></label>
<label>${own.room} <input name="room" required maxlength="200" value="${value('room')}" list="rooms" aria-describedby="room-hint" autocomplete="off"><span id="room-hint" class="ash small">${rooms.length > 0 ? own.roomHint : own.noRooms}</span></label>
<datalist id="rooms">${options.join('')}</datalist>
<label>${own.time} <input name="zone" maxlength="60" value="${value('zone')}" aria-describedby="zone-hint" autocomplete="off"><span id="zone-hint" class="ash small">${own.timeHint}</span></label>
<button>${own.check}</button>
</form>`;
  const result = answered === undefined ? '' : resultHtml(page, answered);
  const image =
    answered && 'verdict' in answered
      ? `<meta property="og:image" content="${escapeHtml(`${page.base}${cardAddress(query, words).replace('.svg', '.png')}`)}">\n`
      : '';
  return claimsShell(
    page,
    own.title,
    `<h1>${own.title}</h1>
<p>${own.lead}</p>
${result}
${form}
<p class="ash small">${own.how}</p>
<p><a href="/case-2024">${CASE_WORDS[words.language].title}</a></p>`,
    image,
  );
}

const cardAddress = (query: URLSearchParams, { language }: ClaimWords): string => {
  const asked = new URLSearchParams();
  for (const name of ['text', 'room', 'zone', 'at', 'language']) {
    const field = query.get(name);
    if (field) asked.set(name, field);
  }
  asked.set('words', language);
  return `/claims/card.svg?${asked}`;
};

function resultHtml(
  { words, query }: ClaimsPage,
  answered:
    | { readonly verdict: ClaimVerdict; readonly title: string }
    | { readonly refused: string | undefined; readonly code: ErrorCode },
): string {
  if ('refused' in answered)
    return `<section class="result refused" role="alert"><p>${escapeHtml(answered.refused ?? ERRORS[answered.code].title)}</p></section>`;
  const { verdict, title } = answered;
  const own = words.page;
  const address = cardAddress(query, words);
  return `<section class="result ${verdict.verdict}" role="status">
<p class="ash small">${own.said} <q dir="auto">${escapeHtml(query.get('text') ?? '')}</q> · <a href="/r/${escapeHtml(verdict.room)}"><bdi>${escapeHtml(title)}</bdi></a></p>
${verdictHtml(verdict, words)}
</section>
<section><h3>${own.card}</h3>
<p><a href="${escapeHtml(address)}"><img src="${escapeHtml(address)}" width="1200" height="630" alt="${escapeHtml(saidText(verdict, words))}"></a></p>
<p class="ash small">${own.signed} <a href="${escapeHtml(address.replace('.svg', '.json'))}">JSON</a></p></section>`;
}
