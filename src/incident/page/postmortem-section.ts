import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { IncidentPostmortem } from '../incident.ts';
import { bareFigure, FIGURE, recordedFigures } from '../postmortem/figures.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { moment } from '../words/sentences.ts';

/** A line of text with each of its figures marked: taken from the record, or not. */
function marked(line: string, known: ReadonlySet<string>, words: IncidentWords): string {
  let html = '';
  let at = 0;
  for (const match of line.matchAll(FIGURE)) {
    const [figure] = match;
    html += escapeHtml(line.slice(at, match.index));
    const value = bareFigure(figure);
    html += known.has(value)
      ? `<data value="${escapeHtml(value)}" title="${escapeHtml(words.dossier.inRecord)}">${escapeHtml(figure)}</data>`
      : `<mark title="${escapeHtml(words.dossier.notInRecord)}">${escapeHtml(figure)}</mark>`;
    at = match.index + figure.length;
  }
  return html + escapeHtml(line.slice(at));
}

/** The text: headings (`#`), lists (`- `) and paragraphs; nothing else has a meaning. */
function body(text: string, known: ReadonlySet<string>, words: IncidentWords): string {
  const html: string[] = [];
  let list: string[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) html.push(`<p dir="auto">${paragraph.join(' ')}</p>`);
    if (list.length > 0)
      html.push(`<ul class="plain-list">${list.map((one) => `<li dir="auto">${one}</li>`).join('')}</ul>`);
    [paragraph, list] = [[], []];
  };
  for (const line of text.split('\n')) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const point = /^\s*[-*]\s+(.*)$/.exec(line);
    if (heading || line.trim() === '') flush();
    if (heading) html.push(`<h4 dir="auto">${marked(heading[1] ?? '', known, words)}</h4>`);
    else if (point) list.push(marked(point[1] ?? '', known, words));
    else if (line.trim() !== '') paragraph.push(marked(line.trim(), known, words));
  }
  flush();
  return html.join('\n');
}

function version(
  { at, author, text }: IncidentPostmortem,
  number: number,
  known: ReadonlySet<string>,
  words: IncidentWords,
): string {
  const by = words.dossier.postmortemBy(words.dossier.who(author, undefined), moment(at), number);
  return `<p class="ash small">${escapeHtml(by)}</p>\n<div class="account">${body(text, known, words)}</div>`;
}

/** What the operator tells, each figure held against the record; nothing where nobody has told anything. */
export function postmortemSection(dossier: Dossier, words: IncidentWords): string {
  const { postmortems } = dossier.incident;
  const newest = postmortems.at(-1);
  if (!newest) return '';
  const known = recordedFigures(dossier);
  const earlier = postmortems
    .slice(0, -1)
    .map((one, index) => version(one, index + 1, known, words))
    .reverse();
  return `<section aria-labelledby="postmortem"><h2 id="postmortem">${words.dossier.postmortem}</h2>
${version(newest, postmortems.length, known, words)}
${earlier.length === 0 ? '' : `<details><summary>${words.dossier.earlierVersions}</summary>${earlier.join('\n')}</details>`}</section>`;
}
