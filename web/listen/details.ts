/**
 * The parts of a room's page that are fetched after what sound needs: the theatre, the bar, sharing, and keeping a
 * place.
 */

import { isRunning, type ListenerCount, type RoomState, type RoomStatus } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import { roomAt } from '../kit/room-name.ts';
import type { AllWords } from '../kit/words.ts';
import { openClocks } from './clocks.ts';
import { footLinks } from './foot-links.ts';
import type { HandCard, HandCardOptions } from './hand/hand-card.ts';
import type { InteractionCard } from './interaction/interaction-card.ts';
import { type KeyActions, keys } from './keys.ts';
import type { RoomNews } from './news.ts';
import { lengthOf } from './places.ts';
import { keepPlace, placeIn } from './replay/kept-places.ts';
import type { ReplayCard } from './replay/replay-card.ts';
import { type Here, timeOf } from './say.ts';
import { shareButtons } from './share-buttons.ts';
import type { Sound } from './sound.ts';
import { openPlans, openSuccession } from './succession/plans.ts';
import { openTheatre } from './theatre/theatre.ts';
import { openTransport } from './transport.ts';

/** How often the place is saved while a recording plays, ms. */
const KEEP_MS = 5_000;
/** Nearer than this to its end a recording counts as heard, and no place is kept; seconds. */
const DONE = 10;

/** The elements into which the details are put. */
export interface Slots {
  /** Below the button. */
  readonly controls: HTMLElement;
  readonly talk: HTMLElement;
  readonly house: HTMLElement;
  readonly more: HTMLElement;
  readonly below: HTMLElement;
}

/** The details of a room's page. */
export interface RoomDetails {
  /** `from`: where the address says to begin, seconds. */
  show(state: RoomState, here: Here, from: number | undefined): void;
  /** The room has just opened. */
  opened(title: string): void;
}

/** What the details are about. */
export interface DetailsOf {
  readonly slug: string;
  readonly words: AllWords;
  readonly sound: Sound;
  readonly actions: KeyActions;
  readonly news: RoomNews;
}

/** Fills the slots. */
export function roomDetails(slots: Slots, of: DetailsOf): RoomDetails {
  const { slug, words, sound, actions, news } = of;
  const remembered = placeIn(slug);
  const transport = openTransport(words, sound);
  const reminder = openReminder(slug, words, sound);
  const steadier = openSteadier(words, sound);
  slots.controls.append(...reminder.nodes, transport.node, steadier.node);
  const facts = openFacts(words);
  const plans = openPlans(words);
  slots.talk.append(plans.node, ...facts.nodes);
  const theatre = openTheatre(words);
  const count = openCount(slug, words);
  slots.house.append(theatre.node, count.node);
  // Below the theatre: what comes later moves nothing that somebody may be reading or about to press.
  const cards = element('div', { class: 'cards' });
  slots.house.after(cards);
  const ways = openWays(slug, words, sound, remembered);
  slots.more.append(...ways.nodes);
  const times = openClocks(words, news.zone);
  const links = element(
    'p',
    { class: 'small count' },
    ...[element('a', { href: `${roomAt(slug)}/numbers` }, words.numbers), ' · '],
    element('a', { href: `${roomAt(slug)}/claims` }, words.said),
  );
  const parts = openParts(slug, words, sound);
  slots.below.append(parts.node, times.node, links, keys({ ...actions, speaker: parts.skip }, words));
  footLinks(words);
  const keepPlaceNow = openPlaceKeeper(slug, sound);
  const interaction = openCards(cards, slug);
  const hand = openHand(cards, { slug, sound, now: news.now, zero: news.zero, controls: slots.controls });
  const succession = openSuccession(of);
  return {
    show(state, here, from) {
      const { status } = state;
      const { replay, on } = sound;
      const running = isRunning(status);
      const length = lengthOf(state, here);
      keepPlaceNow();
      transport.show(state, here, from);
      reminder.show(status);
      steadier.show(running);
      ways.show(state, running, length);
      facts.show(state, length, replay?.seconds);
      plans.show(state, here);
      theatre.show(state, running && on && !replay);
      count.show(state, running);
      times.show(state.clocks);
      hand(state, running);
      interaction(state, running && !replay);
      parts.show(state, from ?? remembered);
      succession(state);
    },
    opened: reminder.opened,
  };
}

/** The card to raise a hand, fetched once a room has hands or this browser has one up. */
function openHand(cards: HTMLElement, options: HandCardOptions) {
  let card: HandCard | undefined;
  let asked = false;
  return (state: RoomState, running: boolean): void => {
    card?.show(state);
    if (asked || !running || !state.hands) return;
    asked = true;
    import('./hand/hand-card.ts').then(
      ({ openHandCard }) => {
        card = openHandCard(options);
        cards.prepend(card.node);
        card.show(state);
      },
      () => {
        asked = false;
      },
    );
  };
}

/** Reactions, questions and what is pinned, fetched once a room has any of them. */
function openCards(cards: HTMLElement, slug: string) {
  let card: InteractionCard | undefined;
  let asked = false;
  return (state: RoomState, live: boolean): void => {
    card?.show(state, live);
    if (asked || !live || !(state.reactions || state.questions || state.pinned)) return;
    asked = true;
    import('./interaction/interaction-card.ts').then(
      ({ openInteraction }) => {
        card = openInteraction(slug);
        cards.append(...card.nodes);
        card.show(state, live);
      },
      () => {
        asked = false;
      },
    );
  };
}

/** What a replay consists of; loaded by those who replay, and by those who come after the end. */
function openParts(slug: string, words: AllWords, sound: Sound) {
  const node = element('div', { class: 'parts', hidden: true });
  let card: ReplayCard | undefined;
  let asked = false;
  return {
    node,
    skip: (by: 1 | -1): void => void card?.skip(by),
    show(state: RoomState, from: number | undefined): void {
      card?.show(state, from);
      node.hidden = card?.node.hidden ?? true;
      if (asked || !(state.status === 'ended' || sound.replay)) return;
      asked = true;
      import('./replay/replay-card.ts').then(
        ({ openReplayCard }) => {
          card = openReplayCard(slug, words, sound);
          node.append(card.node);
          card.show(state, from);
        },
        () => {
          asked = false;
        },
      );
    },
  };
}

const button = (label: string, onclick: () => void): HTMLElement =>
  element('button', { type: 'button', class: 'button quiet', onclick }, label);

const flip = (label: string, onchange: (on: boolean) => void) => {
  const box = element('input', { type: 'checkbox', role: 'switch' });
  box.addEventListener('change', () => onchange(box.checked));
  return { box, node: element('label', { class: 'switch' }, box, element('span', {}, label)) };
};

/** Before the room opens: the way to be reminded, and a switch to be told on this page. */
function openReminder(slug: string, words: AllWords, sound: Sound) {
  const at = roomAt(slug);
  // Whoever is let in to a private room is told by mail; a key in an address belongs on no other page.
  const calendar = at.includes('~')
    ? element(
        'a',
        {
          class: 'button main',
          href: `${at}/event.ics`,
          download: `${slug}.ics`,
          title: words.remindHint,
        },
        words.remind,
      )
    : element('a', { class: 'button main', href: `${at}/remind` }, words.remindMe);
  const people = document.querySelector<HTMLElement>('.reminded');
  if (people) write(people, words.reminded(Number(people.dataset.people)));
  const note = element('p', { class: 'small ash', role: 'status' });
  let telling = false;
  const tell = flip(words.tellMe, (on) => {
    telling = on;
    write(note, on ? words.telling : '');
    if (on && 'Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission();
  });
  return {
    nodes: [calendar, tell.node, note],
    show(status: RoomStatus): void {
      calendar.hidden = tell.node.hidden = status !== 'scheduled';
      if (people) people.hidden = calendar.hidden;
      note.hidden = !telling || status !== 'scheduled';
    },
    opened(title: string): void {
      if (!telling) return;
      telling = tell.box.checked = false;
      if ('Notification' in window && Notification.permission === 'granted') {
        new Notification(`\u2068${title}\u2069`, {
          body: words.startedNow(`\u2068${title}\u2069`),
          icon: '/favicon.svg',
          tag: slug,
        });
      }
      // The tap on "tell me" allows sound in most browsers; in the others the button says Listen.
      void sound.player.play();
    },
  };
}

/** The switch for a bad network: more delay, fewer gaps. */
function openSteadier(words: AllWords, sound: Sound) {
  const steady = flip(words.steadier, (on) => sound.player.steadier(on));
  const node = element(
    'div',
    { class: 'steadier' },
    steady.node,
    element('p', { class: 'small ash' }, words.steadierHint),
  );
  const show = (running: boolean): void => {
    const { on, replay, player, cached } = sound;
    node.hidden = !(running && on && !replay && player.stats().margin > 0 && !cached);
    steady.box.checked = player.steady === 'chosen';
  };
  return { node, show };
}

/** The gaps of the program and, once it is over, how long it lasted. */
function openFacts(words: AllWords) {
  const gaps = element('ul', { class: 'gaps small' });
  const lasted = element('p', {});
  const whole = element('p', { class: 'ash' });
  const end = element('div', { class: 'end card' }, lasted, whole);
  let shown = '';
  return {
    nodes: [gaps, end],
    show(state: RoomState, length: number | undefined, recorded: number | undefined): void {
      end.hidden = state.status !== 'ended' || length === undefined;
      if (!end.hidden) {
        write(lasted, words.lasted(words.span(recorded || length || 0)));
        write(whole, words.gapsCount(state.gaps.length));
      }
      const told = state.gaps.map((gap) => words.gap(gap, timeOf(gap.from, words)));
      if (shown !== told.join()) {
        shown = told.join();
        gaps.replaceChildren(...told.map((text) => element('li', {}, text)));
      }
    },
  };
}

/** The number of listeners, while the room runs; of connections where nobody counts listeners. */
function openCount(slug: string, words: AllWords) {
  const main = element('p', { class: 'streams' });
  const how = element('span', {});
  const what = element('a', { href: `${roomAt(slug)}/numbers` }, words.whatIsThis);
  const explained = element('p', { class: 'small ash' }, how, ' · ', what);
  const hint = element('p', { class: 'small ash' });
  const node = element('div', { class: 'count' }, main, explained, hint);
  const show = (state: RoomState, running: boolean): void => {
    const { streams, listeners, catchingUp, delivery } = state;
    node.hidden = !running;
    explained.hidden = !listeners;
    if (listeners) {
      const told = listenersIn(words, listeners);
      write(main, told.main);
      write(how, told.how);
      write(hint, `${words.connections(streams, delivery.rung, catchingUp)}. ${words.streamsHint}`);
    } else {
      write(main, words.streams(streams, delivery.rung, catchingUp));
      write(hint, words.streamsHint);
    }
  };
  return { node, show };
}

/** How many listen, and how that is known. */
function listenersIn(words: AllWords, { value, low, high, status }: ListenerCount) {
  const range = status === 'range' && low !== undefined && high !== undefined;
  const how = {
    reconciled: words.listeningCounted,
    discrepant: words.listeningCounted,
    range: words.listeningRange,
    server_only: words.listeningServer,
    client_only: words.listeningPlayers,
  }[status];
  return { main: range ? words.listeningBetween(low, high) : words.listening(value), how };
}

/** Buttons to listen from another place, to share the room and to download it. */
function openWays(slug: string, words: AllWords, sound: Sound, remembered: number | undefined) {
  const live = button(words.backToLive, () => sound.live());
  const goOn = button('', () => void sound.back(remembered ?? 0));
  const start = button(words.fromStart, () => void sound.back(0));
  const share = shareButtons(words, slug);
  const download = element(
    'a',
    { class: 'button quiet', href: `${roomAt(slug)}/replay.m4a`, download: `${slug}.m4a` },
    words.download,
  );
  if (remembered !== undefined) write(goOn, words.goOnFrom(clockOf(remembered)));
  return {
    nodes: [live, goOn, start, ...share.nodes, download],
    show({ status, title, recording }: RoomState, running: boolean, length: number | undefined): void {
      const { replay, paused } = sound;
      live.hidden = !running || !(replay || paused !== undefined);
      goOn.hidden = remembered === undefined || !!replay || length === undefined || paused !== undefined;
      start.hidden =
        length === undefined || (replay ? replay.at < 5 : status === 'ended' && remembered === undefined);
      download.hidden = status !== 'ended' || recording?.removedAt !== undefined;
      share.show(
        title,
        replay && replay.state !== 'loading' && replay.state !== 'missing' ? replay.at : undefined,
      );
    },
  };
}

/** Saves the place in a recording when the page closes, and when the returned function is called and it is time to. */
function openPlaceKeeper(slug: string, sound: Sound): () => void {
  let keptAt = 0;
  const remember = (): void => {
    const { replay } = sound;
    if (!replay || replay.seconds === 0 || replay.state === 'loading') return;
    const done = replay.state === 'ended' || replay.seconds - replay.at < DONE;
    keepPlace(slug, done ? undefined : replay.at);
    keptAt = performance.now();
  };
  addEventListener('pagehide', remember);
  return () => {
    if (sound.replay && performance.now() - keptAt > KEEP_MS) remember();
  };
}
