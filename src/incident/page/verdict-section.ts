import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { IncidentWords } from '../words/incident-words.ts';

const list = (title: string, reasons: readonly string[]): string =>
  reasons.length === 0
    ? ''
    : `<h3>${title}</h3><ul class="plain-list" lang="en">${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`;

/** The verdict with what speaks for it and against it. */
export function verdictSection({ incident }: Dossier, words: IncidentWords): string {
  const { dossier } = words;
  return `<section aria-labelledby="verdict"><h2 id="verdict">${dossier.verdict}</h2>
<p><strong>${escapeHtml(words.labels[incident.label])}</strong> <span class="ash small">(${incident.label})</span></p>
${list(dossier.speaksFor, incident.for)}${list(dossier.speaksAgainst, incident.against)}</section>`;
}
