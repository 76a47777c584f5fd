/** The home page: rooms that are on, rooms to come, and a form to start one. */
import { momentOf } from '../../../src/wire/moment.ts';
import { isRunning, type RoomCard, type StagePerson } from '../../../src/wire/room.ts';
import { openCardImpressions } from '../../audience/card-impressions.ts';
import { element, write } from '../../kit/element.ts';
import { authorization } from '../../kit/operator-key.ts';
import type { AllWords } from '../../kit/words.ts';
import { footLinks } from '../foot-links.ts';
import { frame } from '../frame.ts';
import { openPoll } from '../poll.ts';
import { dayOf, timeOf } from '../say.ts';
import { openTheatre, type Theatre } from '../theatre/theatre.ts';
import { homePosts } from './home-posts.ts';
import { startForm } from './start-form.ts';
import { openYourRooms } from './your-rooms.ts';

/** A room as `/rooms.json` lists it. */
type Listed = RoomCard & { readonly streams?: number };

const CARD_ROWS = 5;
const FIRST_ROWS = 8;
/** The most ended rooms shown. */
const EARLIER = 12;

/** Builds the page. The list rendered by the server stays until the first new one arrives. */
export function homePage(main: HTMLElement, words: AllWords): void {
  frame(main, words, words.skipHome);
  footLinks(words);
  const rooms = main.querySelector<HTMLElement>('#rooms') ?? element('div', { id: 'rooms' });
  const lists = element('div', { id: 'rooms' });
  const yours = openYourRooms(words);
  const start = startForm(
    words,
    () => {
      yours.show(last);
      poll.now();
    },
    main.querySelector<HTMLFormElement>('#new-room'),
  );
  let last: readonly Listed[] = [];
  main.className = 'home-page page';
  main.replaceChildren(
    element(
      'div',
      { class: 'lead' },
      element('h1', {}, words.homeTitle),
      element('p', { class: 'lede' }, words.homeLead),
      element('a', { class: 'button', href: '#start' }, words.startRoom),
      element('p', { class: 'small' }, element('a', { href: '/account' }, words.account)),
    ),
    yours.node,
    rooms,
    start,
    homePosts(words),
  );
  const impressions = openCardImpressions(() => authorization().authorization !== undefined);
  const theatres = new Map<string, Theatre>();
  let shown = '';
  const poll = openPoll<{ rooms: readonly Listed[] }>(
    () => '/rooms.json',
    { seen: () => 5_000, failing: 60_000 },
    ({ rooms: listed }) => {
      last = listed;
      yours.show(listed);
      const key = JSON.stringify([listed.map((room) => ({ ...room, streams: 0 })), new Date().getMinutes()]);
      if (key !== shown) {
        shown = key;
        theatres.clear();
        const focus = document.activeElement?.getAttribute('href');
        lists.replaceChildren(...sections(listed, words, theatres));
        if (rooms.isConnected) rooms.replaceWith(lists);
        impressions(cardsIn(lists));
        if (focus && !document.activeElement?.getAttribute('href')) {
          lists.querySelector<HTMLElement>(`a[href="${CSS.escape(focus)}"]`)?.focus();
        }
      }
      for (const room of listed) {
        theatres.get(room.slug)?.show(
          {
            streams: room.streams ?? 0,
            stage: people(room),
            status: room.status,
            delivery: { rung: 0 },
          },
          false,
        );
        const count = lists.querySelector(`[data-count="${CSS.escape(room.slug)}"]`);
        if (count) write(count, words.streams(room.streams ?? 0));
      }
    },
    () => {},
  );
}

/** The cards of a list, by their rooms. */
const cardsIn = (lists: HTMLElement): Map<string, Element> =>
  new Map(
    [...lists.querySelectorAll('li')].flatMap((card) => {
      const slug = card.querySelector('h3 a')?.getAttribute('href')?.slice('/r/'.length);
      return slug ? [[slug, card] as const] : [];
    }),
  );

/** The list does not say who speaks, so the hosts are shown on the stage of a live room. */
const people = (room: Listed): StagePerson[] =>
  room.status !== 'live'
    ? []
    : room.hosts.slice(0, 5).map((name, i) => ({
        id: String(i),
        name,
        role: 'host',
        speaking: false,
        muted: false,
        connected: true,
      }));

function sections(listed: readonly Listed[], words: AllWords, theatres: Map<string, Theatre>): Node[] {
  const on = listed
    .filter((room) => isRunning(room.status))
    .sort(
      (a, b) =>
        (b.streams ?? 0) - (a.streams ?? 0) || Number(b.status === 'live') - Number(a.status === 'live'),
    );
  const coming = listed
    .filter((room) => room.status === 'scheduled')
    .sort((a, b) => (a.clocks.scheduled ?? Infinity) - (b.clocks.scheduled ?? Infinity));
  const earlier = listed
    .filter((room) => room.status === 'ended' && !room.welcome)
    .sort((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0))
    .slice(0, EARLIER);
  const nodes: Node[] = [];
  if (on.every((room) => room.welcome)) nodes.push(empty(on[0], words));
  if (on.length > 0) {
    nodes.push(section(words.onNow, 'on', ...on.map((room, i) => playing(room, i === 0, words, theatres))));
  }
  if (coming.length > 0)
    nodes.push(section(words.coming, 'coming', ...coming.map((room) => announced(room, words))));
  if (earlier.length > 0)
    nodes.push(section(words.earlier, 'earlier', ...earlier.map((room) => over(room, words))));
  return nodes;
}

/** The demo room's name is ours, so it is shown in the reader's language. */
const titleOf = (room: Listed, words: AllWords): string => (room.welcome ? words.welcomeTitle : room.title);

const section = (title: string, kind: string, ...items: Node[]): HTMLElement =>
  element('section', { class: kind }, element('h2', {}, title), element('ul', {}, ...items));

const byline = (room: Listed, words: AllWords): string =>
  room.hosts.length > 0 ? words.with(words.listFormat(room.hosts)) : '';

const empty = (welcome: Listed | undefined, words: AllWords): HTMLElement =>
  element(
    'p',
    { class: 'nobody ash' },
    `${welcome ? words.emptyWelcome : words.empty} ${words.emptyMore} `,
    welcome && element('a', { href: `/r/${welcome.slug}` }, `${words.welcomeRoom}.`),
  );

function playing(room: Listed, first: boolean, words: AllWords, theatres: Map<string, Theatre>): HTMLElement {
  const theatre = openTheatre(words, first ? FIRST_ROWS : CARD_ROWS);
  theatres.set(room.slug, theatre);
  for (const part of theatre.node.querySelectorAll('.on-stage, .visually-hidden, .empty')) part.remove();
  theatre.node.setAttribute('aria-hidden', 'true');
  return element(
    'li',
    { class: `room card${first ? ' first' : ''}` },
    element(
      'div',
      { class: 'about' },
      element(
        'p',
        { class: `mark ${room.status === 'live' ? 'live' : 'calm'}` },
        words.status[momentOf(room)],
      ),
      element('h3', { dir: 'auto' }, element('a', { href: `/r/${room.slug}` }, titleOf(room, words))),
      element('p', { class: 'ash' }, byline(room, words)),
      element('p', { class: 'small', 'data-count': room.slug }, words.streams(room.streams ?? 0)),
    ),
    theatre.node,
  );
}

function announced(room: Listed, words: AllWords): HTMLElement {
  const at = room.clocks.scheduled;
  return element(
    'li',
    { class: 'listed' },
    element(
      'p',
      { class: 'when' },
      ...(at === undefined
        ? [words.unscheduled]
        : [
            element('span', { class: 'figure' }, timeOf(at, words)),
            element('span', { class: 'small ash' }, dayOf(at, Date.now(), words)),
          ]),
    ),
    element(
      'div',
      { class: 'about' },
      element('h3', { dir: 'auto' }, element('a', { href: `/r/${room.slug}` }, titleOf(room, words))),
      element('p', { class: 'ash' }, byline(room, words)),
    ),
    element(
      'a',
      {
        class: 'button quiet',
        href: `/r/${room.slug}/remind`,
        'aria-label': `${words.remindMe}: \u2068${room.title}\u2069`,
      },
      words.remindMe,
    ),
  );
}

const over = (room: Listed, words: AllWords): HTMLElement =>
  element(
    'li',
    { class: 'listed' },
    element(
      'p',
      { class: 'when' },
      element(
        'span',
        { class: 'small ash' },
        room.clocks.ended ? dayOf(room.clocks.ended, Date.now(), words) : '',
      ),
    ),
    element(
      'div',
      { class: 'about' },
      element('h3', { dir: 'auto' }, element('a', { href: `/r/${room.slug}` }, titleOf(room, words))),
      element('p', { class: 'ash' }, byline(room, words)),
    ),
  );
