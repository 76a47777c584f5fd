import { escapeHtml } from '../../base/plain-text.ts';
import type { Incident } from '../incident.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { fiveSentences, moment, signText, spanOf } from '../words/sentences.ts';

/** All incidents, newest first: the page's `main`. */
export function listMain(incidents: readonly Incident[], words: IncidentWords, now: number): string {
  const items = incidents.map((incident) => {
    const lasts = incident.window.to === undefined;
    const kinds = [...new Set(incident.signs.map(({ kind }) => words.signs[kind]))].join(' · ');
    return `<li${lasts ? ' class="lasts"' : ''}><p><a href="/incidents/${incident.id}">${escapeHtml(spanOf(incident, words, now))}</a>${lasts ? ` <strong>${words.running}</strong>` : ''}</p>
<p class="ash small">${escapeHtml(kinds)}. ${escapeHtml(words.found(words.labels[incident.label]))}</p></li>`;
  });
  return `<main class="plain page incidents">
<h1>${words.title}</h1>
<p class="lede">${words.lead}</p>
${items.length === 0 ? `<p>${words.none}</p>` : `<ul class="timeline">${items.join('\n')}</ul>`}
<p class="small"><a href="/incidents/feed.xml">${words.feed}</a></p>
</main>`;
}

/** A bar for each sign over the time of the incident: where each began and how long it lasted. */
function picture({ signs, window }: Incident, words: IncidentWords, now: number): string {
  const { from } = window;
  const length = Math.max(1_000, (window.to ?? now) - from);
  const shown = signs.slice(0, 40);
  const height = shown.length * 14 + 4;
  const bars = shown.map(({ from: begin, to }, i) => {
    const x = ((begin - from) / length) * 640;
    const width = Math.max(3, (((to ?? now) - begin) / length) * 640);
    return `<rect x="${x.toFixed(1)}" y="${i * 14 + 2}" width="${Math.min(width, 640 - x + 3).toFixed(1)}" height="10" rx="3"/>`;
  });
  return `<svg class="bars" viewBox="0 0 643 ${height}" role="img" aria-label="${escapeHtml(words.timeline)}" fill="currentColor">${bars.join('')}</svg>`;
}

/** One incident: the page's `main`. */
export function incidentMain(incident: Incident, words: IncidentWords, now: number): string {
  const { id, signs, rooms, notes, window } = incident;
  const rows = signs.map(
    (sign) =>
      `<tr><td>${moment(sign.from).slice(11)}</td><td>${sign.to === undefined ? words.lasts : escapeHtml(words.length(sign.to - sign.from))}</td><td>${escapeHtml(signText(sign, words))}</td><td>${sign.room ? `<a href="/r/${encodeURIComponent(sign.room)}">${escapeHtml(sign.room)}</a>` : words.wholeServer}</td></tr>`,
  );
  const links = rooms
    .slice(0, 20)
    .map(
      (room) =>
        `<li><a href="/r/${encodeURIComponent(room)}/numbers">${escapeHtml(words.numbersOf(room))}</a></li>`,
    );
  const written = notes.map(
    ({ at, author, text }) => `<li>${moment(at)} UTC, ${escapeHtml(author)}: ${escapeHtml(text)}</li>`,
  );
  return `<main class="plain page incidents">
<p class="small"><a href="/incidents">${words.all}</a></p>
<h1>${escapeHtml(spanOf(incident, words, now))}</h1>
${window.to === undefined ? `<p><strong>${words.running}</strong></p>` : ''}
<ol class="five">${fiveSentences(incident, words, now)
    .map((sentence) => `<li>${escapeHtml(sentence)}</li>`)
    .join('\n')}</ol>
<h2>${words.timeline}</h2>
${picture(incident, words, now)}
<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(words.timeline)}"><table><tbody>
${rows.join('\n')}
</tbody></table></div>
${written.length > 0 ? `<h2>${words.notes}</h2>\n<ul>${written.join('\n')}</ul>` : ''}
<h2>${words.check}</h2>
<p>${words.checkLead}</p>
<ul>${links.join('\n')}<li><a href="/incidents/${id}.json">${words.asJson}</a></li></ul>
</main>`;
}

/** Atom, newest first. Spec: RFC 4287. */
export function incidentFeed(
  incidents: readonly Incident[],
  words: IncidentWords,
  base: string,
  now: number,
): string {
  const iso = (at: number): string => new Date(at).toISOString();
  const updated = (one: Incident): number =>
    Math.max(...one.signs.map(({ from, to }) => to ?? from), ...one.notes.map(({ at }) => at));
  const [newest] = incidents;
  const entries = incidents.slice(0, 50).map(
    (one) => `<entry>
<id>${escapeHtml(base)}/incidents/${one.id}</id>
<title>${escapeHtml(spanOf(one, words, now))}</title>
<link href="${escapeHtml(base)}/incidents/${one.id}"/>
<published>${iso(one.window.from)}</published>
<updated>${iso(updated(one))}</updated>
<summary>${escapeHtml(fiveSentences(one, words, now).join(' '))}</summary>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escapeHtml(base)}/incidents</id>
<title>${words.title}</title>
<link rel="self" href="${escapeHtml(base)}/incidents/feed.xml"/>
<updated>${iso(newest ? updated(newest) : 0)}</updated>
<author><name>Earshot</name></author>
${entries.join('\n')}
</feed>
`;
}
