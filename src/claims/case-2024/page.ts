import { escapeHtml } from '../../base/plain-text.ts';
import { checkClaim } from '../check.ts';
import type { ClaimFacts } from '../facts.ts';
import { claimsShell, shapeSvg } from '../http/page.ts';
import type { ClaimWords } from '../words/claim-words.ts';
import { figuresOf, verdictText } from '../words/verdict-text.ts';
import { CASE_WORDS, type Saying } from './words.ts';

/** Components of a sum that are shown at once; the others are behind a fold. */
const FEW = 3;

/** `/case-2024`: what was said of that evening, held against the bundle. Useful without scripts. */
export function casePage(facts: ClaimFacts, words: ClaimWords, base: string): string {
  const own = CASE_WORDS[words.language];
  const file = words.language === 'fr' ? 'evening-fr.svg' : 'evening.svg';
  const sayings = own.six.map((saying) => sayingHtml(saying, facts, words));
  return claimsShell(
    { words, base },
    own.title,
    `<h1>${own.title}</h1>
<p>${own.lead}</p>
<p class="ash small">${own.simulated}</p>
<h2>${own.evening}</h2>
<p><a href="/case-2024/${file}"><img src="/case-2024/${file}" width="880" height="780" alt="${escapeHtml(own.pictureDescription)}"></a></p>
<h2>${own.sayings}</h2>
<p>${own.sayingsLead}</p>
${sayings.join('\n')}
${failuresHtml(facts, words)}
<h2>${own.check}</h2>
<ul><li><a href="/case-2024/evening.bundle" download>evening.bundle</a>: ${own.download}</li>
<li><a href="/verify">/verify</a>: ${own.verify}</li>
<li><a href="/claims">/claims</a>: ${own.ask}</li></ul>`,
  );
}

/** A saying, and what it turns out to be. */
function sayingHtml({ text, was }: Saying, facts: ClaimFacts, words: ClaimWords): string {
  const found = checkClaim(text, facts, { zone: 'America/New_York', language: words.language });
  if ('why' in found) return '';
  const { verdict } = found;
  const said = verdictText(verdict, words);
  const list = said.list.map((line) => `<li>${escapeHtml(line)}</li>`);
  const rest = list.slice(FEW);
  return `<article class="result ${verdict.verdict}"><blockquote>${words.quoted(escapeHtml(text))}</blockquote>
<p class="ash small">${escapeHtml(was)}</p>
<h3>${escapeHtml(said.heading)}</h3>
${said.sentence ? `<div class="figure">${verdict.unit ? shapeSvg(verdict.unit) : ''}<p>${escapeHtml(said.sentence)}</p></div>` : ''}
${list.length > 0 ? `<ul>${list.slice(0, FEW).join('')}</ul>${rest.length > 0 ? `<details><summary>+ ${rest.length}</summary><ul>${rest.join('')}</ul></details>` : ''}` : ''}
<ul class="small ash">${said.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul></article>`;
}

/** Joins that failed, by reason: the figure of which nobody ever said a number. */
function failuresHtml({ figures }: ClaimFacts, words: ClaimWords): string {
  const own = CASE_WORDS[words.language];
  const count = (metric: 'join_attempts' | 'join_success' | 'join_failures'): string =>
    figuresOf(figures.get(metric)?.value ?? 0, words);
  const reasons = Object.entries(figures.get('join_failures')?.parts ?? {})
    .toSorted(([, a], [, b]) => b - a)
    .map(
      ([reason, many]) =>
        `<li>${own.reasonNames[reason] ?? escapeHtml(reason)}: ${figuresOf(many, words)}</li>`,
    );
  return `<article class="result matches"><p>${own.failures(count('join_attempts'), count('join_success'), count('join_failures'))}</p>
<h3>${own.reasons}</h3><ul>${reasons.join('')}</ul></article>`;
}
