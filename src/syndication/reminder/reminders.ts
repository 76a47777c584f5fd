import { escapeHtml } from '../../base/plain-text.ts';
import { find } from '../../http/index.ts';
import { isOver, isRunning, type RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps, Station } from '../deps.ts';
import { languageFor, syndicationPage } from '../page-answer.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';

/** Opens the reminders: who is told when a room begins, is late or is cancelled. */
export async function openReminders(deps: AroundRoomDeps): Promise<Station> {
  /** What a page says of a room; to whoever was not let in, a private room does not exist. */
  const open = async (slug: string): Promise<RoomCard | undefined> => {
    const card = await deps.cardOf(slug);
    return card?.access === 'private' ? undefined : card;
  };
  return {
    takes: (path) => find(path)?.address.id === 'syndication-remind',
    async fetch(request) {
      const url = new URL(request.url);
      const language = languageFor(request);
      const words = language === 'fr' ? french : english;
      const slug = find(url.pathname)?.room ?? '';
      const card = await open(slug);
      const at = `/r/${slug}`;
      const says =
        card === undefined
          ? words.noRoom
          : isRunning(card.status)
            ? words.isOn
            : isOver(card.status)
              ? words.isOver
              : words.calendarLead;
      const link =
        card?.status === 'scheduled'
          ? `<p><a class="button" href="${at}/event.ics">${words.calendar}</a></p>`
          : '';
      const back = card ? `<p><a href="${at}">${words.toRoom}</a></p>` : '';
      const title = card ? escapeHtml(card.title) : words.title;
      const main = `<main class="page people"><h1 dir="auto">${title}</h1><p>${says}</p>${link}${back}</main>`;
      return syndicationPage(
        deps,
        language,
        { title: words.title, about: says, path: url.pathname, main },
        card ? 200 : 404,
      );
    },
  };
}
