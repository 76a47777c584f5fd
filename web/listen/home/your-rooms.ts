/** The rooms that this device has a personal link to, so that somebody who closed the tab finds the way back. */
import type { RoomCard } from '../../../src/wire/room.ts';
import { element } from '../../kit/element.ts';
import { forgetRoom, type MyRoom, myRooms } from '../../kit/my-rooms.ts';
import type { AllWords } from '../../kit/words.ts';
import { fullTime } from '../say.ts';
import { copyLink } from '../share-buttons.ts';

/** The list; hidden while it is empty. */
export interface YourRooms {
  readonly node: HTMLElement;
  /** `listed`: the rooms as the server lists them. */
  show(listed: readonly Pick<RoomCard, 'slug' | 'status'>[]): void;
}

/** Opens the list. Removing a room forgets it on this device only. */
export function openYourRooms(words: AllWords): YourRooms {
  const list = element('ul', {});
  const node = element(
    'section',
    { class: 'yours', hidden: true },
    element('h2', {}, words.yourRooms),
    element('p', { class: 'small ash' }, words.yourRoomsHint),
    list,
  );
  let shown = '';
  let known: readonly Pick<RoomCard, 'slug' | 'status'>[] = [];
  const row = (room: MyRoom): HTMLElement => {
    const status = known.find(({ slug }) => slug === room.slug)?.status;
    const copy = element('button', { type: 'button', class: 'button quiet' }, words.copyHostLink);
    copy.addEventListener('click', () => copyLink(copy, room.link, words));
    const away = element(
      'button',
      { type: 'button', class: 'button quiet', 'aria-label': `${words.forget}: ${room.title}` },
      words.forget,
    );
    away.addEventListener('click', () => {
      forgetRoom(room.slug, room.link);
      draw();
    });
    return element(
      'li',
      { class: 'listed' },
      element(
        'div',
        { class: 'about' },
        element('h3', { dir: 'auto' }, element('a', { href: room.link }, room.title)),
        element(
          'p',
          { class: 'small ash' },
          [
            words.roles[room.role],
            status && words.status[status],
            status !== 'ended' && room.start !== undefined && fullTime(room.start, words),
          ]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
      element(
        'div',
        { class: 'actions' },
        element('a', { class: 'button quiet', href: room.link }, words.openStudio),
        ...(room.role === 'host' ? [copy] : []),
        away,
      ),
    );
  };
  const draw = (): void => {
    const rooms = myRooms();
    const key = JSON.stringify([
      rooms,
      rooms.map(({ slug }) => known.find((it) => it.slug === slug)?.status),
    ]);
    if (key === shown) return;
    shown = key;
    node.hidden = rooms.length === 0;
    list.replaceChildren(...rooms.map(row));
  };
  draw();
  return {
    node,
    show(listed) {
      known = listed;
      draw();
    },
  };
}
