import { element } from '../../kit/element.ts';
import type { AllWords } from '../../kit/words.ts';
import { fullTime } from '../say.ts';
import { copyLink } from '../share-buttons.ts';
import type { Created, RoomWish } from './new-room.ts';

/** The card of a scheduled room: its title, its time, and its links. */
export function scheduledCard(
  created: Created,
  { title, access }: RoomWish,
  start: number,
  words: AllWords,
): HTMLElement {
  const copies = (label: string, link: string): HTMLElement => {
    const button = element('button', { type: 'button', class: 'button quiet' }, label);
    button.addEventListener('click', () => copyLink(button, new URL(link, location.href).href, words));
    return button;
  };
  return element(
    'div',
    { class: 'scheduled card' },
    element('h3', { dir: 'auto' }, title),
    element('p', {}, element('time', { datetime: new Date(start).toISOString() }, fullTime(start, words))),
    element('p', { class: 'small ash' }, words.scheduled),
    element(
      'div',
      { class: 'actions' },
      element('a', { class: 'button', href: created.studio }, words.openStudio),
      copies(words.copyHostLink, created.studio),
      copies(words.copyRoomLink, created.url),
      // The calendar entry of a private room is for whoever is let in; its host has the studio.
      ...(access === 'private'
        ? []
        : [
            element(
              'a',
              {
                class: 'button quiet',
                href: `/r/${created.slug}/event.ics`,
                download: `${created.slug}.ics`,
              },
              words.remind,
            ),
          ]),
    ),
  );
}
