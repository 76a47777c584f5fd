import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { Words } from '../kit/words.ts';
import type { Replay } from '../player/replay.ts';
import { timeOf } from './say.ts';

const SPEEDS = [1, 1.25, 1.5, 2] as const;
const STEP = 15;

/** The controls of a recording: place, fifteen seconds back or on, speed. */
export interface Transport {
  readonly node: HTMLElement;
  /** Shows where the replay stands. */
  show(replay: Replay): void;
}

/** Makes the controls; `replay` is asked at the time of each touch. */
export function openTransport(words: Words, replay: () => Replay | undefined): Transport {
  let held = false;
  const place = element('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    'aria-label': words.seek,
  });
  place.addEventListener('input', () => {
    held = true;
    write(now, clockOf(Number(place.value)));
  });
  place.addEventListener('change', () => {
    held = false;
    replay()?.seek(Number(place.value));
  });
  const now = element('span', { class: 'small' });
  const whole = element('span', { class: 'small ash' });
  const by = (seconds: number) => (): void => {
    const playing = replay();
    playing?.seek(playing.at + seconds);
  };
  const speed = element('select', { 'aria-label': words.speed });
  for (const value of SPEEDS)
    speed.append(element('option', { value }, `${value.toLocaleString(words.locale)} ×`));
  speed.addEventListener('change', () => replay()?.speed(Number(speed.value)));
  const node = element(
    'div',
    { class: 'transport' },
    place,
    element('div', { class: 'times' }, now, whole),
    element(
      'div',
      { class: 'steps' },
      element('button', { type: 'button', class: 'button quiet', onclick: by(-STEP) }, words.rewind),
      element('button', { type: 'button', class: 'button quiet', onclick: by(STEP) }, words.forward),
      speed,
    ),
  );
  return {
    node,
    show({ at, seconds, wall }) {
      place.max = String(Math.max(1, Math.floor(seconds)));
      if (!held) {
        place.value = String(Math.floor(at));
        write(now, wall === undefined ? clockOf(at) : `${clockOf(at)} · ${timeOf(wall, words)}`);
      }
      place.setAttribute('aria-valuetext', `${clockOf(at)} / ${clockOf(seconds)}`);
      write(whole, clockOf(seconds));
    },
  };
}
