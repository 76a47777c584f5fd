import { escapeHtml } from '../base/plain-text.ts';
import { roughly } from '../wire/delivery.ts';
import { type Reading, readingOf, recordedAt } from '../wire/reading.ts';
import { isRunning, type RoomState } from '../wire/room.ts';
import { instant } from './sentence.ts';

/** True while newcomers are sent to the text page. */
export const readsAlong = (state: RoomState | undefined): state is RoomState =>
  state?.delivery.newcomers === 'text' && isRunning(state.status);

function part(slug: string, reading: Reading, attributes: string): string {
  const { title, rows, next, recording } = reading;
  const list = rows.map(
    ({ term, value }) => `<div><dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  const later = recording
    ? `<p>${escapeHtml(recording.text)}</p><p><a href="${recordedAt(slug, recording.from)}">${escapeHtml(recording.link)}</a></p>`
    : '';
  return `<section class="reading card"${attributes}><h2>${escapeHtml(title)}</h2><dl>${list.join('')}</dl><p>${escapeHtml(next)}</p>${later}</section>`;
}

/** The room described in words, in both languages of the pages; the same for everyone in the same second. */
export function readingPart(state: RoomState): string {
  const of = (language: 'en' | 'fr'): Reading =>
    readingOf(
      { ...state, streams: roughly(state.streams) },
      { language, missed: state.at, when: (at) => instant(at, language) },
    );
  return `${part(state.slug, of('en'), ' lang="en"')}\n${part(state.slug, of('fr'), ' lang="fr"')}`;
}
