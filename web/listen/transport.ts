import { isRunning, type RoomState } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { AllWords } from '../kit/words.ts';
import { lengthOf } from './places.ts';
import { type Here, timeOf } from './say.ts';
import type { Sound } from './sound.ts';

const SPEEDS = [1, 1.25, 1.5, 2] as const;
const STEP = 15;
/** Arrow keys move the bar by this much, seconds: steps of one second would be too slow. */
const KEY_STEP = 5;
/** Nearer than this to the live edge the bar shows the edge, seconds. */
const AT_EDGE = 3;

/** The bar for the place in the recording, also during the show, with 15-second steps and the speed. */
export interface Transport {
  readonly node: HTMLElement;
  /** Shows the place of this listener; hidden while nothing is recorded. */
  show(state: RoomState, here: Here, from?: number): void;
}

/** Makes the bar. */
export function openTransport(words: AllWords, sound: Sound): Transport {
  let held = false;
  let whole = 0;
  let live = false;
  const place = element('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    'aria-label': words.seek,
  });
  const tell = (at: number, wall?: number): void => {
    const edge = live && whole - at < AT_EDGE && sound.paused === undefined;
    write(
      here,
      edge ? words.status.live : wall === undefined ? clockOf(at) : `${clockOf(at)} · ${timeOf(wall, words)}`,
    );
    place.setAttribute(
      'aria-valuetext',
      edge ? words.status.live : words.placeOf(words.spoken(at), words.spoken(whole)),
    );
  };
  const go = (at: number): void => {
    if (live && whole - at < AT_EDGE) {
      if (sound.replay) sound.live();
    } else if (sound.replay) sound.replay.seek(at);
    // Before the recording is opened, only the distance from its end is known.
    else void sound.back(live ? Math.min(-AT_EDGE, at - whole) : at);
  };
  place.addEventListener('input', () => {
    held = true;
    tell(Number(place.value));
  });
  place.addEventListener('change', () => {
    held = false;
    go(Number(place.value));
  });
  place.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -KEY_STEP, ArrowDown: -KEY_STEP, ArrowRight: KEY_STEP, ArrowUp: KEY_STEP }[
      event.key
    ];
    if (by === undefined) return;
    event.preventDefault();
    const at = Math.min(whole, Math.max(0, Number(place.value) + by));
    place.value = String(Math.floor(at));
    tell(at);
    go(at);
  });
  const here = element('span', { class: 'small' });
  const all = element('span', { class: 'small ash' });
  const by = (seconds: number) => (): void => {
    const { replay } = sound;
    if (replay) go(Math.max(0, replay.at + seconds));
    else go(Math.max(0, Number(place.value) + seconds));
  };
  const speed = element('select', { 'aria-label': words.speed });
  for (const value of SPEEDS)
    speed.append(element('option', { value }, `${value.toLocaleString(words.locale)} ×`));
  speed.addEventListener('change', () => sound.replay?.speed(Number(speed.value)));
  const on = element('button', { type: 'button', class: 'button quiet', onclick: by(STEP) }, words.forward);
  const node = element(
    'div',
    { class: 'transport' },
    place,
    element('div', { class: 'times' }, here, all),
    element(
      'div',
      { class: 'steps' },
      element('button', { type: 'button', class: 'button quiet', onclick: by(-STEP) }, words.rewind),
      on,
      speed,
    ),
  );
  return {
    node,
    show(state, there, from) {
      const { replay, paused } = sound;
      const length = replay?.seconds || lengthOf(state, there);
      node.hidden = length === undefined;
      if (length === undefined) return;
      live = isRunning(state.status);
      whole = length;
      place.max = String(Math.max(1, Math.floor(length)));
      on.disabled = live && !replay;
      speed.hidden = !replay;
      if (!held) {
        const stopped = live && paused !== undefined ? length - (there.now - paused) / 1000 : undefined;
        const at = replay ? replay.at : Math.max(0, stopped ?? from ?? (live ? length : 0));
        place.value = String(Math.floor(at));
        tell(at, replay?.wall ?? (stopped === undefined ? undefined : paused));
      }
      write(all, clockOf(length));
    },
  };
}
