import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import { isOwnFault } from '../finding.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { fiveSentences, moment, signText, spanOf } from '../words/sentences.ts';
import { blastSection } from './blast-section.ts';
import { demandSection } from './demand-section.ts';
import { listenersSection } from './listeners-section.ts';
import { postmortemSection } from './postmortem-section.ts';
import { statementsSection } from './statements-section.ts';
import { timelineSection } from './timeline-section.ts';
import { verdictSection } from './verdict-section.ts';

const ending = (words: IncidentWords): string => (words.language === 'fr' ? '.fr.html' : '.html');

/** All incidents, newest first: the page's `main`. */
export function listMain(
  dossiers: readonly Dossier[],
  words: IncidentWords,
  now: number,
  base: string,
): string {
  const items = dossiers.map(({ incident }) => {
    const lasts = incident.window.to === undefined;
    const kinds = [...new Set(incident.signs.map(({ kind }) => words.signs[kind]))].join(' · ');
    const title = incident.title === undefined ? '' : ` <q>${escapeHtml(incident.title)}</q>`;
    return `<li${lasts ? ' class="lasts"' : ''}><p><a href="incidents/${incident.id}${ending(words)}">${escapeHtml(spanOf(incident, words, now))}</a>${lasts ? ` <strong>${words.running}</strong>` : ''}${title}</p>
<p class="ash small">${escapeHtml(kinds)}. ${escapeHtml(words.found(words.labels[incident.label]))}</p></li>`;
  });
  return `<main class="page incidents">
<h1>${words.title}</h1>
<p class="lede">${words.lead}</p>
${items.length === 0 ? `<p>${words.none}</p>` : `<ul class="timeline">${items.join('\n')}</ul>`}
<p class="small"><a href="incidents/feed.xml">${words.feed}</a> <a href="${escapeHtml(base)}/operate/incidents">${words.desk.openTitle}</a></p>
</main>`;
}

/** Where the operator and hosts write: never a form for their key here, for a copy of the page may be served by anybody. */
const deskLink = (id: string, { dossier }: IncidentWords, base: string): string =>
  `<section class="desk" aria-labelledby="desk"><h2 id="desk">${dossier.desk}</h2>
<p class="small">${escapeHtml(dossier.deskLead)}</p>
<p><a href="${escapeHtml(base)}/operate/incidents?id=${id}">${dossier.more}</a></p></section>`;

function faultsSection({ incident }: Dossier, words: IncidentWords): string {
  const { dossier } = words;
  const faults = incident.signs.filter(isOwnFault);
  const items = faults
    .slice(0, 50)
    .map(
      (sign) =>
        `<li>${moment(sign.from).slice(11)} ${escapeHtml(signText(sign, words))}${sign.room ? `, ${escapeHtml(sign.room)}` : ''}: ${sign.to === undefined ? words.lasts : words.length(sign.to - sign.from)}</li>`,
    );
  return `<section aria-labelledby="faults"><h2 id="faults">${dossier.ownFaults}</h2>
${items.length === 0 ? `<p>${dossier.noFaults}</p>` : `<ul class="plain-list">${items.join('')}</ul>`}${incident.unlisted === undefined ? '' : `<p>${escapeHtml(dossier.unlisted(words.count(incident.unlisted)))}</p>`}</section>`;
}

function checkSection({ incident, bundles }: Dossier, words: IncidentWords, base: string): string {
  const rooms = incident.rooms
    .slice(0, 20)
    .map(
      (room) =>
        `<li><a href="${escapeHtml(base)}/r/${encodeURIComponent(room)}/numbers">${escapeHtml(words.numbersOf(room))}</a></li>`,
    );
  const copies = bundles.map(
    (room) =>
      `<li><a href="${incident.id}/${room}.bundle">${escapeHtml(words.dossier.bundleOf(room))}</a></li>`,
  );
  return `<section aria-labelledby="check"><h2 id="check">${words.check}</h2>
<p>${words.checkLead}</p>
<ul class="plain-list">${copies.join('\n')}${rooms.join('\n')}<li><a href="${incident.id}.json">${words.asJson}</a></li></ul></section>`;
}

/** One incident: the page's `main`. */
export function incidentMain(dossier: Dossier, words: IncidentWords, now: number, base: string): string {
  const { incident } = dossier;
  const own = words.dossier;
  const definitions = own.definitionList.map(
    ([term, meaning]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(meaning)}</dd>`,
  );
  const sections = [
    faultsSection(dossier, words),
    verdictSection(dossier, words, base),
    blastSection(dossier, words),
    demandSection(dossier, words, now),
    listenersSection(dossier, words, now),
    timelineSection(dossier, words, now, base),
    statementsSection(dossier, words),
    postmortemSection(dossier, words),
    `<section aria-labelledby="definitions"><h2 id="definitions">${own.definitions}</h2><dl>${definitions.join('')}</dl></section>`,
    `<section aria-labelledby="limits"><h2 id="limits">${own.limits}</h2><ul class="plain-list">${own.limitList.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul></section>`,
    checkSection(dossier, words, base),
  ];
  return `<main class="page incidents">
<p class="small"><a href="../incidents${ending(words)}">${words.all}</a></p>
<h1>${escapeHtml(spanOf(incident, words, now))}</h1>
${incident.title === undefined ? '' : `<p class="lede"><q>${escapeHtml(incident.title)}</q></p>`}
${incident.window.to === undefined ? `<p><strong>${words.running}</strong></p>` : ''}
<ol class="five">${fiveSentences(dossier, words, now)
    .map((sentence) => `<li>${escapeHtml(sentence)}</li>`)
    .join('\n')}</ol>
${sections.filter(Boolean).join('\n')}
${deskLink(incident.id, words, base)}
</main>`;
}
