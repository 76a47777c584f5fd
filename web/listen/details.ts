/** What a room's page shows beyond the first moment, fetched once it can be listened to: the theatre, the bar, what is shared and kept. */
import type { RoomState } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { AllWords } from '../kit/words.ts';
import { openClocks } from './clocks.ts';
import { type KeyActions, keys } from './keys.ts';
import { keepPlace, placeIn } from './places.ts';
import { type Here, timeOf } from './say.ts';
import { shareButtons } from './share-buttons.ts';
import type { Sound } from './sound.ts';
import { openTheatre } from './theatre/theatre.ts';
import { lengthOf, openTransport } from './transport.ts';

/** A place is kept so often while a recording plays, ms. */
const KEEP_MS = 5_000;
/** A recording that has come so near its end is done with, seconds. */
const DONE = 10;

/** Where the details go. */
export interface Slots {
  /** Below the button. */
  readonly controls: HTMLElement;
  readonly desk: HTMLElement;
  readonly house: HTMLElement;
  readonly more: HTMLElement;
  readonly below: HTMLElement;
}

/** The details of a room's page. */
export interface RoomDetails {
  /** `from`: where an address says to begin. */
  show(state: RoomState, here: Here, from: number | undefined): void;
  /** The doors have just opened. */
  opened(title: string): void;
}

/** Fills the slots. */
export function roomDetails(
  slots: Slots,
  { slug, words, sound, actions }: { slug: string; words: AllWords; sound: Sound; actions: KeyActions },
): RoomDetails {
  const button = (label: string, onclick: () => void): HTMLElement =>
    element('button', { type: 'button', class: 'button quiet', onclick }, label);
  const flip = (label: string, onchange: (on: boolean) => void) => {
    const box = element('input', { type: 'checkbox', role: 'switch' });
    box.addEventListener('change', () => onchange(box.checked));
    return { box, node: element('label', { class: 'switch' }, box, element('span', {}, label)) };
  };
  const transport = openTransport(words, sound);
  const remembered = placeIn(slug);

  const calendar = element(
    'a',
    { class: 'button main', href: `/r/${slug}/event.ics`, download: `${slug}.ics`, title: words.remindHint },
    words.remind,
  );
  const note = element('p', { class: 'small ash', role: 'status' });
  let telling = false;
  const tell = flip(words.tellMe, (on) => {
    telling = on;
    write(note, on ? words.telling : '');
    if (on && 'Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission();
  });
  const steady = flip(words.steadier, (on) => sound.player.steadier(on));
  const steadier = element(
    'div',
    { class: 'steadier' },
    steady.node,
    element('p', { class: 'small ash' }, words.steadierHint),
  );
  slots.controls.append(calendar, tell.node, note, transport.node, steadier);

  const gaps = element('ul', { class: 'gaps small' });
  const lasted = element('p', {});
  const whole = element('p', { class: 'ash' });
  const end = element('div', { class: 'end card' }, lasted, whole);
  slots.desk.append(gaps, end);

  const theatre = openTheatre(words);
  const streams = element('p', { class: 'streams' });
  const count = element(
    'div',
    { class: 'count' },
    streams,
    element('p', { class: 'small ash' }, words.streamsHint),
  );
  slots.house.append(theatre.node, count);

  const live = button(words.backToLive, () => sound.live());
  const goOn = button('', () => void sound.back(remembered ?? 0));
  const start = button(words.fromStart, () => void sound.back(0));
  const share = shareButtons(words, slug);
  const download = element(
    'a',
    { class: 'button quiet', href: `/r/${slug}/replay.m4a`, download: `${slug}.m4a` },
    words.download,
  );
  slots.more.append(live, goOn, start, ...share.nodes, download);
  if (remembered !== undefined) write(goOn, words.goOnFrom(clockOf(remembered)));

  const times = openClocks(words);
  slots.below.append(times.node, keys(actions, words));

  let keptAt = 0;
  const remember = (): void => {
    const { replay } = sound;
    if (!replay || replay.seconds === 0 || replay.state === 'loading') return;
    const done = replay.state === 'ended' || replay.seconds - replay.at < DONE;
    keepPlace(slug, done ? undefined : replay.at);
    keptAt = performance.now();
  };
  addEventListener('pagehide', remember);
  let gapsShown = '';

  return {
    show(state, here, from) {
      const { status } = state;
      const { replay, paused, on } = sound;
      const running = status === 'open' || status === 'live';
      const length = lengthOf(state, here.now);
      if (replay && performance.now() - keptAt > KEEP_MS) remember();
      transport.show(state, here.now, from);
      calendar.hidden = tell.node.hidden = status !== 'scheduled';
      note.hidden = !telling || status !== 'scheduled';
      steadier.hidden = !(running && on && !replay && sound.player.stats().margin > 0 && !sound.cached);
      steady.box.checked = sound.player.steady === 'chosen';
      live.hidden = !running || !(replay || paused !== undefined);
      goOn.hidden = remembered === undefined || !!replay || length === undefined || paused !== undefined;
      start.hidden =
        length === undefined || (replay ? replay.at < 5 : status === 'ended' && remembered === undefined);
      download.hidden = status !== 'ended';
      share.show(
        state.title,
        replay && replay.state !== 'loading' && replay.state !== 'missing' ? replay.at : undefined,
      );
      end.hidden = status !== 'ended' || length === undefined;
      if (!end.hidden) {
        write(lasted, words.lasted(words.span(replay?.seconds || length || 0)));
        write(whole, words.gapsCount(state.gaps.length));
      }
      const told = state.gaps.map((gap) => words.gap(gap, timeOf(gap.from, words)));
      if (gapsShown !== told.join()) {
        gapsShown = told.join();
        gaps.replaceChildren(...told.map((text) => element('li', {}, text)));
      }
      theatre.show(state, running && on && !replay);
      count.hidden = !running;
      write(streams, words.streams(state.streams, state.delivery.rung, state.catchingUp));
      times.show(state.clocks);
    },
    opened(title) {
      if (!telling) return;
      telling = tell.box.checked = false;
      if ('Notification' in window && Notification.permission === 'granted') {
        new Notification(`\u2068${title}\u2069`, {
          body: words.startedNow(`\u2068${title}\u2069`),
          icon: '/favicon.svg',
          tag: slug,
        });
      }
      // The tap on "tell me" allows sound in most browsers; where not, the button says Listen.
      void sound.player.play();
    },
  };
}
