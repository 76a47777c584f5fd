import type { RoomState } from '../../src/wire/room.ts';
import { drawing, element, write } from '../kit/element.ts';
import { clockOf } from '../kit/figures.ts';
import type { Words } from '../kit/words.ts';
import type { Here } from './say.ts';
import type { Sound } from './sound.ts';
import { openTransport } from './transport.ts';

/** What the buttons ask of the page. */
export interface DeskActions {
  toggle(): void;
  mute(): void;
  rewind(): void;
}

const SHAPES = {
  play: 'M6 4.5v11l9.5-5.5z',
  pause: 'M6 4.5h3v11H6zM11 4.5h3v11h-3z',
  bell: 'M10 3a4.5 4.5 0 0 0-4.5 4.5V11L4 13.5h12L14.5 11V7.5A4.5 4.5 0 0 0 10 3zM8.2 15a1.9 1.9 0 0 0 3.6 0z',
  loud: 'M3.5 8v4H6l4 3.5v-11L6 8zM12 7.2v1.6a1.6 1.6 0 0 1 0 2.4v1.6a3.2 3.2 0 0 0 0-5.6zM12 4v1.7a4.6 4.6 0 0 1 0 8.6V16a6.2 6.2 0 0 0 0-12z',
  mute: 'M3.5 8v4H6l4 3.5v-11L6 8zM12.2 8.6l1.1-1.1 1.6 1.6 1.6-1.6 1.1 1.1-1.6 1.4 1.6 1.6-1.1 1.1-1.6-1.6-1.6 1.6-1.1-1.1 1.6-1.6z',
} as const;

const icon = (shape: keyof typeof SHAPES): SVGSVGElement =>
  drawing(
    'svg',
    { viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    drawing('path', { d: SHAPES[shape], fill: 'currentColor' }),
  );

/** The one button of the page, its volume, and what goes with the moment. */
export function openDesk(
  words: Words,
  slug: string,
  title: string,
  sound: Sound,
  actions: DeskActions,
): {
  readonly node: HTMLElement;
  readonly more: HTMLElement;
  show(state: RoomState, here: Here): void;
  opened(): void;
} {
  const { audio } = sound;
  const label = element('span', {});
  let shape: keyof typeof SHAPES | undefined;
  const main = element(
    'button',
    { type: 'button', class: 'button main', onclick: () => actions.toggle() },
    label,
  );
  const remind = element(
    'a',
    { class: 'button main', href: `/r/${slug}/event.ics`, download: `${slug}.ics`, title: words.remindHint },
    icon('bell'),
    words.remind,
  );
  let telling = false;
  const tell = element('button', { type: 'button', class: 'button quiet' }, words.tellMe);
  tell.addEventListener('click', () => {
    telling = true;
    tell.disabled = true;
    write(note, words.telling);
    if ('Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission();
  });
  const note = element('p', { class: 'small ash', role: 'status' });

  const mute = element('button', {
    type: 'button',
    class: 'button quiet icon',
    onclick: () => actions.mute(),
  });
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

  const transport = openTransport(words, () => sound.replay);
  const rewind = element(
    'button',
    { type: 'button', class: 'button quiet', onclick: () => actions.rewind() },
    words.rewind,
  );
  const live = element(
    'button',
    { type: 'button', class: 'button quiet', onclick: () => sound.live() },
    words.backToLive,
  );
  const start = element(
    'button',
    { type: 'button', class: 'button quiet', onclick: () => void sound.back(0) },
    words.fromStart,
  );
  const share = element('button', { type: 'button', class: 'button quiet' }, words.share);
  share.addEventListener('click', () => {
    const link = `${location.origin}/r/${slug}`;
    const copy = (): void => {
      navigator.clipboard?.writeText(link).then(
        () => {
          write(share, words.copied);
          setTimeout(() => write(share, words.share), 2_000);
        },
        () => prompt(words.share, link),
      ) ?? prompt(words.share, link);
    };
    if (navigator.share && matchMedia('(pointer: coarse)').matches)
      navigator.share({ title, url: link }).catch(() => {});
    else copy();
  });
  const download = element(
    'a',
    { class: 'button quiet', href: `/r/${slug}/replay.m4a`, download: `${slug}.m4a` },
    words.download,
  );

  const node = element(
    'div',
    { class: 'controls' },
    element('div', { class: 'actions' }, main, remind, loudness),
    transport.node,
    note,
  );
  const more = element('div', { class: 'actions more' }, tell, live, rewind, start, share, download);
  return {
    node,
    more,
    show(state, here) {
      const { status } = state;
      const running = status === 'open' || status === 'live';
      const { replay } = sound;
      const on = sound.on;
      const wanted = on ? 'pause' : 'play';
      if (shape !== wanted) {
        shape = wanted;
        main.replaceChildren(icon(wanted), label);
      }
      write(
        label,
        replay
          ? on
            ? words.pauseReplay
            : words.playReplay
          : on
            ? words.pause
            : status === 'ended'
              ? words.playReplay
              : status === 'open'
                ? words.listenMusic
                : words.listen,
      );
      main.hidden = !running && status !== 'ended';
      main.classList.toggle('waits', on && !replay && here.player !== 'playing');
      remind.hidden = status !== 'scheduled';
      tell.hidden = status !== 'scheduled';
      note.hidden = !telling || status !== 'scheduled';
      loudness.hidden = main.hidden;
      transport.node.hidden = !replay;
      if (replay) transport.show(replay);
      live.hidden = !(replay && running);
      rewind.hidden = status !== 'live' || !!replay;
      start.hidden = status !== 'live' || (replay !== undefined && replay.at < 5);
      download.hidden = status !== 'ended';
      const silent = audio.muted || audio.volume === 0;
      if (mute.dataset.silent !== String(silent)) {
        mute.dataset.silent = String(silent);
        mute.replaceChildren(icon(silent ? 'mute' : 'loud'));
        mute.setAttribute('aria-label', silent ? words.unmute : words.mute);
        mute.title = silent ? words.unmute : words.mute;
      }
      const level = String(audio.muted ? 0 : Math.round(audio.volume * 20) / 20);
      if (document.activeElement !== volume && volume.value !== level) volume.value = level;
      if (replay && status === 'ended') main.title = clockOf(replay.at);
    },
    opened() {
      if (!telling) return;
      telling = false;
      if ('Notification' in window && Notification.permission === 'granted') {
        new Notification(title, { body: words.startedNow(title), icon: '/favicon.svg', tag: slug });
      }
      // The tap on "tell me" allows sound in most browsers; where not, the button says Listen.
      void sound.player.play();
    },
  };
}
