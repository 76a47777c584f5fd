import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { Incident } from '../incident.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { moment, signText } from '../words/sentences.ts';

/** A bar for each sign over the time of the incident: where each began and how long it lasted. */
function picture({ signs, window }: Incident, words: IncidentWords, now: number): string {
  const { from } = window;
  const length = Math.max(1_000, (window.to ?? now) - from);
  const shown = signs.filter(({ kind }) => kind !== 'person').slice(0, 40);
  if (shown.length === 0) return '';
  const height = shown.length * 14 + 4;
  const bars = shown.map(({ from: begin, to }, i) => {
    const x = ((begin - from) / length) * 640;
    const width = Math.max(3, (((to ?? now) - begin) / length) * 640);
    return `<rect x="${x.toFixed(1)}" y="${i * 14 + 2}" width="${Math.min(width, 640 - x + 3).toFixed(1)}" height="10" rx="3"/>`;
  });
  return `<svg class="bars" viewBox="0 0 643 ${height}" role="img" aria-label="${escapeHtml(words.timeline)}" fill="currentColor">${bars.join('')}</svg>`;
}

/** The time line: what the machine wrote, and marked as theirs what people wrote. */
export function timelineSection(
  { incident, statements }: Dossier,
  words: IncidentWords,
  now: number,
  base: string,
): string {
  const own = words.dossier;
  const measured = incident.signs
    .filter(({ kind }) => kind !== 'person')
    .map((sign) => ({
      at: sign.from,
      row: `<tr><td>${moment(sign.from).slice(11)}</td><td>${escapeHtml(signText(sign, words))}</td><td>${sign.to === undefined ? words.lasts : escapeHtml(words.length(sign.to - sign.from))}</td><td>${sign.room ? `<a href="${escapeHtml(base)}/r/${encodeURIComponent(sign.room)}">${escapeHtml(sign.room)}</a>` : words.wholeServer}</td></tr>`,
    }));
  const said = statements.map(({ at, author, room, text }) => ({
    at,
    row: `<tr class="said"><td>${moment(at).slice(11)}</td><td colspan="3"><span class="ash small">${own.person} ${escapeHtml(own.who(author, room))}:</span> <q>${escapeHtml(text)}</q></td></tr>`,
  }));
  const rows = [...measured, ...said].sort((a, b) => a.at - b.at).map(({ row }) => row);
  return `<section aria-labelledby="timeline"><h2 id="timeline">${words.timeline}</h2>
${picture(incident, words, now)}
<div class="wide" tabindex="0" role="group" aria-label="${escapeHtml(words.timeline)}"><table><tbody>
${rows.join('\n')}
</tbody></table></div></section>`;
}
