import { escapeHtml } from '../../base/plain-text.ts';
import { framed } from '../page/frame.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { spanOf } from '../words/sentences.ts';
import { type IncidentOutline, MOST_ACCOUNT, MOST_INCIDENT_NOTE, MOST_TITLE } from './desk-wish.ts';

/** What the page shows. */
export interface DeskPage {
  readonly words: IncidentWords;
  /** The incident that is written about; absent: a new one is opened. */
  readonly about?: IncidentOutline | undefined;
  /** Why nothing was published. */
  readonly refused?: string | undefined;
  /** What was sent, so that nobody writes it twice. */
  readonly sent?: URLSearchParams | undefined;
  readonly now: number;
}

const keyField = (id: string, { desk }: IncidentWords): string =>
  `<label for="key-${id}">${desk.key}</label><input id="key-${id}" name="key" type="password" autocomplete="current-password" required aria-describedby="key-lead">`;

function form(act: string, id: string | undefined, inside: string): string {
  const hidden = id === undefined ? '' : `<input type="hidden" name="id" value="${escapeHtml(id)}">`;
  return `<form method="post" action="/operate/incidents"><input type="hidden" name="act" value="${act}">${hidden}${inside}</form>`;
}

const button = (text: string): string => `<p><button class="button">${text}</button></p>`;

function openForm(words: IncidentWords, sent: URLSearchParams | undefined): string {
  const { desk } = words;
  const value = (name: string): string => escapeHtml(sent?.get(name) ?? '');
  return form(
    'open',
    undefined,
    `<label for="title">${desk.what}</label><input id="title" name="title" maxlength="${MOST_TITLE}" required value="${value('title')}">
<label for="room">${desk.room}</label><input id="room" name="room" pattern="[a-z0-9\\-]*" maxlength="64" value="${value('room')}">
${keyField('open', words)}${button(desk.open)}`,
  );
}

function writeForms(
  { id, signs }: IncidentOutline,
  words: IncidentWords,
  sent: URLSearchParams | undefined,
): string {
  const { desk } = words;
  const was = (act: string): string | undefined =>
    sent?.get('act') === act ? (sent.get('text') ?? undefined) : undefined;
  const account = was('postmortem') ?? '';
  const isOpen = signs.some(({ kind, to }) => kind === 'person' && to === undefined);
  const note = form(
    'note',
    id,
    `<label for="note">${desk.note}</label><textarea id="note" name="text" rows="3" maxlength="${MOST_INCIDENT_NOTE}" required>${escapeHtml(was('note') ?? '')}</textarea>${keyField('note', words)}${button(desk.writeNote)}`,
  );
  const close = form(
    'close',
    id,
    `<p class="small">${desk.closeLead}</p>${keyField('close', words)}${button(desk.close)}`,
  );
  const written = form(
    'postmortem',
    id,
    `<p class="small" id="account-lead">${desk.accountLead}</p><label for="account">${desk.account}</label><textarea id="account" class="long" name="text" rows="24" maxlength="${MOST_ACCOUNT}" required aria-describedby="account-lead">${escapeHtml(account)}</textarea>${keyField('account', words)}<p><button class="button">${desk.publish}</button> <button class="button" name="act" value="draft" formnovalidate>${desk.facts}</button></p>`,
  );
  return `<p><a href="/incidents/${id}">${desk.back}</a></p>
<h2>${words.dossier.note}</h2>${note}
${isOpen ? `<h2>${desk.closeTitle}</h2>${close}` : ''}
<h2>${desk.account}</h2>${written}`;
}

/** The page on which the operator opens an incident, writes beside one, closes it, and tells of it. No script. */
export function deskPage({ words, about, refused, sent, now }: DeskPage): string {
  const { desk } = words;
  const title = about ? spanOf(about, words, now) : desk.openTitle;
  const main = `<main class="page incidents desk">
<p class="small"><a href="/incidents">${words.all}</a></p>
<h1>${escapeHtml(title)}</h1>
${refused === undefined ? '' : `<p role="alert" class="bad">${escapeHtml(desk.refused(refused))}</p>`}
<p class="ash small" id="key-lead">${escapeHtml(desk.keyLead)}</p>
${about ? writeForms(about, words, sent) : openForm(words, sent)}
</main>`;
  const path = '/operate/incidents';
  return framed(
    { title, about: desk.about, path, other: path, folder: '/incidents/', base: '' },
    words,
    main,
  );
}
