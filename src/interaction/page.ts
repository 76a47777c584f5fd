import { createHash } from 'node:crypto';
import { escapeHtml } from '../base/plain-text.ts';
import {
  type AskedQuestion,
  type OwnWithdrawal,
  QUESTION_LENGTH,
  type ToldQuestions,
} from '../wire/interaction/questions.ts';
import { STAGE_NAME_LENGTH } from '../wire/stage/hands.ts';
import type { QuestionWords } from './page-words.ts';

const STYLE = `:root{color-scheme:light dark;--ground:#f7f3ea;--stone:#ebe4d5;--ink:#1c1a17;--ash:#635d52;--aegean:#1f5a7a}
@media (prefers-color-scheme:dark){:root{--ground:#11131a;--stone:#1b1e28;--ink:#f1ece1;--ash:#a9a394;--aegean:#7cc0e4}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:18px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main,header{max-width:40rem;margin:0 auto;padding:16px}
h1{font-size:1.5rem}h2{font-size:1.125rem}a{color:var(--aegean)}.ash{color:var(--ash);font-size:.9rem}
a.home,a.back{display:inline-flex;align-items:center;min-height:44px}.home{color:var(--ink);font:1.375rem/1 Palatino,Georgia,serif;text-decoration:none}
button{min-height:44px;padding:8px 20px;border:1px solid var(--aegean);border-radius:12px;background:var(--stone);color:var(--ink);font:inherit}
label{display:block;margin:12px 0}input,textarea{display:block;width:100%;min-height:44px;padding:8px 12px;border:1px solid var(--ash);border-radius:12px;background:var(--ground);color:var(--ink);font:inherit}
ol{padding:0;list-style:none}li{padding:12px 0;border-top:1px solid var(--stone)}li p{margin:0 0 8px}`;

/** The page's own style and no scripts at all. Spec: CSP 3. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
  'cache-control': 'no-store',
  vary: 'accept-language',
  'x-robots-tag': 'noindex',
} as const;

/** What the page is about. */
export interface QuestionsPage {
  readonly list: ToldQuestions;
  readonly words: QuestionWords;
  /** What became of what was sent: safe text in the reader's language. */
  readonly said?: string | undefined;
  /** Questions of this network that moderators have taken out. */
  readonly withdrawn?: readonly OwnWithdrawal[];
  /** From the page's own address to `/r/:slug/`: a private room keeps its key. */
  readonly up?: string;
}

/** The questions of a room as a page without scripts: read, ask, vote. */
export function questionsPage({ list, words, said, withdrawn = [], up = '' }: QuestionsPage): string {
  const rest = list.waiting - list.questions.length;
  const form = list.open
    ? `<form method="post" action="${up}questions"><label>${words.question}<textarea name="text" dir="auto" rows="3" maxlength="${QUESTION_LENGTH}" required></textarea></label>
<label>${words.name}<input name="name" dir="auto" maxlength="${STAGE_NAME_LENGTH}" autocomplete="name"></label>
<button>${words.send}</button></form><p class="ash">${words.plain}</p>`
    : `<p>${words.closed}</p>`;
  const report = ({ id, text }: AskedQuestion): string =>
    `<a class="back" rel="nofollow" href="${up}report?question=${id}" aria-label="${escapeHtml(`${words.report}: ${text}`)}">${words.report}</a>`;
  const out = ({ text, reason, notice }: OwnWithdrawal): string =>
    `<div role="status"><p dir="auto"><strong>${words.withdrawn}</strong> ${escapeHtml(text)}</p><p>${words.reason} <bdi>${escapeHtml(reason)}</bdi> <a class="back" href="${escapeHtml(notice)}">${words.why}</a></p></div>`;
  const vote = ({ id }: AskedQuestion): string =>
    `<form method="post" action="${up}questions/${id}/vote"><button>${words.vote}</button></form>`;
  return `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style>${STYLE}</style>
</head>
<body><header><a class="home" href="/">Earshot</a></header>
<main>
<h1>${words.title}</h1>
<p><a class="back" href="${up}.">${words.back}</a></p>
${said ? `<p role="status"><strong>${escapeHtml(said)}</strong></p>\n` : ''}${withdrawn.map((one) => `${out(one)}\n`).join('')}<p>${words.lead}</p>
${form}
${list.questions.length > 0 ? `<ol>${list.questions.map((one) => item(one, words, `${vote(one)}${report(one)}`)).join('\n')}</ol>` : `<p class="ash">${words.none}</p>`}
${rest > 0 ? `<p class="ash">${words.more(rest)}</p>` : ''}
${list.answered.length > 0 ? `<h2>${words.answered}</h2>\n<ol>${list.answered.map((one) => item(one, words, report(one))).join('\n')}</ol>` : ''}
</main></body>
</html>
`;
}

const item = ({ text, name, votes }: AskedQuestion, words: QuestionWords, more: string): string =>
  `<li><p dir="auto">${escapeHtml(text)}</p><p class="ash">${words.votes(votes)}${name ? ` · ${words.from(`<bdi>${escapeHtml(name)}</bdi>`)}` : ''}</p>${more}</li>`;
