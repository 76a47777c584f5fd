import type { RoomState } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { ListenWords } from '../kit/words.ts';
import { icon, type Shape } from './icon.ts';
import type { Here } from './say.ts';
import type { Sound } from './sound.ts';

/** The play button of the page, and the volume. */
export interface Controls {
  readonly node: HTMLElement;
  /** `from`: the second of the recording at which the button begins. */
  show(state: RoomState, here: Here, from: number | undefined): void;
}

/** Makes the controls. */
export function openControls(
  words: ListenWords,
  sound: Sound,
  toggle: () => void,
  silence: () => void,
): Controls {
  const { audio } = sound;
  const label = element('span', {});
  let shape: Shape | undefined;
  const main = element('button', { type: 'button', class: 'button main', onclick: toggle }, label);
  const mute = element('button', { type: 'button', class: 'button quiet icon', onclick: silence });
  const volume = element('input', {
    type: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    value: 1,
    'aria-label': words.volume,
  });
  volume.addEventListener('input', () => {
    audio.volume = Number(volume.value);
    audio.muted = false;
  });
  const loudness = element('div', { class: 'loudness' }, mute, volume);
  const node = element('div', { class: 'controls' }, element('div', { class: 'actions' }, main, loudness));
  return {
    node,
    show({ status, recording }, here, from) {
      const { on, replay, paused } = sound;
      const wanted = on ? 'pause' : 'play';
      if (shape !== wanted) {
        shape = wanted;
        main.replaceChildren(icon(wanted), label);
      }
      const begin = (): string => {
        if (paused !== undefined) return words.goOn;
        if (from !== undefined && !replay) return words.listenFrom(clockOf(from));
        if (status === 'ended') return words.playReplay;
        return status === 'open' ? words.listenMusic : words.listen;
      };
      write(label, on ? words.pause : begin());
      const gone = status === 'ended' && recording?.removedAt !== undefined;
      loudness.hidden = main.hidden = gone || /^(?:sch|can|sto)/.test(status);
      main.classList.toggle('waits', on && !replay && here.player !== 'playing');
      const silent = audio.muted || audio.volume === 0;
      if (mute.dataset.silent !== String(silent)) {
        mute.dataset.silent = String(silent);
        mute.replaceChildren(icon(silent ? 'mute' : 'loud'));
        mute.setAttribute('aria-label', silent ? words.unmute : words.mute);
        mute.title = silent ? words.unmute : words.mute;
      }
      const level = String(audio.muted ? 0 : Math.round(audio.volume * 20) / 20);
      if (document.activeElement !== volume && volume.value !== level) volume.value = level;
    },
  };
}
