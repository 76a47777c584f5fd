import { escapeHtml } from '../../base/plain-text.ts';
import { reasonWords } from '../../verdict/index.ts';
import type { Dossier } from '../dossier.ts';
import { type FindingReason, findingText } from '../words/finding-reasons.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { hostileText } from '../words/sentences.ts';

/** Reasons in the language of the page; those of which no code was written down are in English. */
function list(
  title: string,
  texts: readonly string[],
  reasons: readonly FindingReason[],
  language: 'en' | 'fr',
): string {
  if (texts.length === 0) return '';
  const whole = reasons.length === texts.length;
  const said = whole ? reasons.map((reason) => findingText(reason, language)) : texts;
  return `<h3>${title}</h3><ul class="plain-list"${whole || language === 'en' ? '' : ' lang="en"'}>${said.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`;
}

/** What the requests say: the hostile share, each family of features, and where to check it. */
function requestsPart({ incident, requestCopy }: Dossier, words: IncidentWords, base: string): string {
  const { id, requests, families, caused, window } = incident;
  const { dossier } = words;
  const said = reasonWords(words.language);
  const hostile = hostileText(incident, words);
  if (!requests || !hostile) return '';
  const rows = families.map(
    ({ name, says, weight, detail, reason }) =>
      `<tr><td>${said.families[name] ?? name}</td><td>${said.says[says]}</td><td>${words.decimal(weight)}</td><td${reason ? '' : ' lang="en"'}>${escapeHtml(reason ? findingText(reason, words.language) : detail)}</td></tr>`,
  );
  const { person, attacker } = requests.classes;
  const links =
    window.to === undefined
      ? ''
      : `<p class="small">${requestCopy ? `<a href="${escapeHtml(base)}/incidents/${id}/requests.jsonl">${dossier.requests.bundle}</a> ` : ''}<a href="${escapeHtml(base)}/incidents/${id}/verdict.json">${dossier.requests.verdict}</a></p>`;
  return `<h3>${dossier.requests.title}</h3>
<p>${escapeHtml(dossier.requests.says(hostile, words.count(person.clients), words.count(attacker.clients)))} ${dossier.requests.caused[String(caused) as 'true' | 'false' | 'null']}</p>
<div class="wide" tabindex="0" role="group" aria-label="${escapeHtml(dossier.requests.title)}"><table><thead><tr>${dossier.requests.heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
${links}`;
}

/** The verdict with what speaks for it and against it. */
export function verdictSection(dossierOfIt: Dossier, words: IncidentWords, base: string): string {
  const { dossier } = words;
  const { incident } = dossierOfIt;
  return `<section aria-labelledby="verdict"><h2 id="verdict">${dossier.verdict}</h2>
<p><strong>${escapeHtml(words.labels[incident.label])}</strong> <span class="ash small">(${incident.label})</span></p>
${requestsPart(dossierOfIt, words, base)}${list(dossier.speaksFor, incident.for, incident.reasons.for, words.language)}${list(dossier.speaksAgainst, incident.against, incident.reasons.against, words.language)}</section>`;
}
