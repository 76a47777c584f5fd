import { escapeHtml } from '../../base/plain-text.ts';
import type { AttachedClaim, RefusedStatement } from '../book/claim-book.ts';
import type { ClaimVerdict } from '../check.ts';
import type { ClaimWords } from '../words/claim-words.ts';
import { momentIn } from '../words/verdict-text.ts';
import { claimsShell, verdictHtml } from './page.ts';

/** The content of the page of a room's claims. */
export interface RoomClaimsPage {
  readonly words: ClaimWords;
  readonly room: string;
  readonly title: string;
  /** Newest first, each with what the figures say of its newest wording now. */
  readonly claims: readonly { readonly claim: AttachedClaim; readonly verdict: ClaimVerdict | undefined }[];
  /** Statements that the operator did not publish. */
  readonly refusals: readonly RefusedStatement[];
  readonly base: string;
  /** What became of a form. */
  readonly notice?: string | undefined;
}

/** The page `/r/:slug/claims`. It works without scripts. */
export function roomClaimsPage(page: RoomClaimsPage): string {
  const { words, room, title, claims, refusals, notice } = page;
  const own = words.attached;
  const list = claims.map((one) => claimHtml(page, one.claim, one.verdict));
  const newest = claims.find(({ verdict }) => verdict !== undefined);
  const heading = own.title(`\u2068${title}\u2069`);
  return claimsShell(
    page,
    heading,
    `<h1>${escapeHtml(own.title('')).trim()} <a href="/r/${room}"><bdi>${escapeHtml(title)}</bdi></a></h1>
<p>${own.lead}</p>
${notice ? `<p class="result" role="status">${escapeHtml(notice)}</p>` : ''}
${list.length > 0 ? list.join('\n') : `<p>${own.none}</p>`}
<form method="post" action="/r/${room}/claims">
<label>${own.say} <input name="text" required maxlength="400" dir="auto" autocomplete="off" aria-describedby="wait"><span id="wait" class="ash small">${own.willWait}</span></label>
<button>${own.send}</button>
</form>
${refusals.length > 0 ? `<h2>${own.refused}</h2><ul>${refusals.map((one) => refusalHtml(one, words)).join('')}</ul>` : ''}
<p><a href="/claims?room=${room}">${own.check}</a></p>`,
    `<meta name="robots" content="noindex">\n${newest ? `<meta property="og:image" content="${escapeHtml(`${page.base}/r/${room}/claims/${newest.claim.id}.png`)}">\n` : ''}`,
  );
}

const timeHtml = (at: number, words: ClaimWords): string =>
  `<time datetime="${new Date(at).toISOString()}">${momentIn(at, words)}</time>`;

const refusalHtml = ({ at, why }: RefusedStatement, words: ClaimWords): string =>
  `<li><span dir="auto">${escapeHtml(why)}</span> <span class="ash small">${timeHtml(at, words)}</span></li>`;

function claimHtml(
  { words, room }: RoomClaimsPage,
  { id, versions, replies }: AttachedClaim,
  verdict: ClaimVerdict | undefined,
): string {
  const own = words.attached;
  const last = versions.at(-1);
  if (!last) return '';
  const by = (author: string, at: number): string =>
    `<p class="ash small">${escapeHtml(own.authors[author] ?? author)}, ${timeHtml(at, words)}</p>`;
  const earlier = versions
    .slice(0, -1)
    .map(({ text, author, at }) => `<li><s dir="auto">${escapeHtml(text)}</s>${by(author, at)}</li>`);
  const said = replies.map(
    ({ kind, text, author, at }) =>
      `<li><strong>${own.kinds[kind]}.</strong> <span dir="auto">${escapeHtml(text)}</span>${by(author, at)}</li>`,
  );
  return `<article class="result ${verdict?.verdict ?? ''}" id="${id}">
<blockquote dir="auto">${escapeHtml(last.text)}</blockquote>
${by(last.author, last.at)}
${verdict ? verdictHtml(verdict, words) : ''}
${earlier.length > 0 ? `<h3>${own.earlier}</h3><ul>${earlier.join('')}</ul>` : ''}
${said.length > 0 ? `<ul>${said.join('')}</ul>` : ''}
${verdict ? `<p class="small"><a href="/r/${room}/claims/${id}.svg?words=${words.language}">${words.page.card}</a></p>` : ''}
<details><summary>${own.disputeThis}</summary>
<form method="post" action="/r/${room}/claims"><input type="hidden" name="claim" value="${id}">
<label>${own.dispute} <input name="text" required maxlength="400" dir="auto" autocomplete="off"><span class="ash small">${own.willWait}</span></label>
<button>${own.send}</button></form></details>
</article>`;
}
