import { roomAt } from '../kit/room-name.ts';
import type { Player, PlayerOptions, PlayerState } from './player.ts';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 8_000;

/** The player for browsers without MediaSource: their own HLS, or the endless MP3 that every browser plays. */
export function nativePlayer(options: PlayerOptions, audio: HTMLAudioElement): Player {
  const { slug, base = '' } = options;
  const hls = audio.canPlayType('application/vnd.apple.mpegurl') !== '';
  const listeners = new Set<(state: PlayerState) => void>();
  let state: PlayerState = 'idle';
  let retry = FIRST_RETRY_MS;
  let wanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reconnects = 0;
  let late = false;

  const become = (next: PlayerState): void => {
    if (state === next) return;
    state = next;
    for (const listen of listeners) listen(next);
  };
  const play = async (): Promise<void> => {
    wanted = true;
    if (state !== 'reconnecting') become('connecting');
    const ticket = options.ticket?.();
    const shown = ticket === undefined ? '' : `&ticket=${encodeURIComponent(ticket)}`;
    late = options.late?.() ?? false;
    audio.src = `${base}${roomAt(slug)}/${hls ? 'live/main.m3u8' : `radio.mp3?t=${Date.now()}${shown}`}`;
    await audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') stop('blocked');
    });
  };
  const again = (): void => {
    if (!wanted) return;
    reconnects++;
    become('reconnecting');
    clearTimeout(timer);
    timer = setTimeout(() => void play(), retry * (0.75 + Math.random() / 2));
    retry = Math.min(LAST_RETRY_MS, retry * 2);
  };
  const stop = (next: PlayerState): void => {
    wanted = false;
    clearTimeout(timer);
    become(next);
    audio.pause();
    audio.removeAttribute('src');
    audio.load();
  };
  const on = {
    playing: () => {
      if (!wanted) return;
      retry = FIRST_RETRY_MS;
      become('playing');
    },
    pause: () => {
      if (wanted && !audio.ended && !audio.error) stop('idle');
    },
    error: again,
    // A playlist that ends is the end; an endless file that ends was cut off.
    ended: () => (hls ? stop('ended') : again()),
  };
  for (const [name, run] of Object.entries(on)) audio.addEventListener(name, run);

  return {
    audio,
    get state() {
      return state;
    },
    // The response headers, which say it, cannot be read here.
    get place() {
      return late ? 'either' : 'live';
    },
    steady: undefined,
    steadier() {},
    cached: false,
    session: undefined,
    informed: false,
    behind: undefined,
    position: undefined,
    play,
    pause: () => stop('idle'),
    again() {
      if (!hls && state === 'playing') void play();
    },
    end: () => stop('ended'),
    live() {
      if (audio.seekable.length > 0) audio.currentTime = audio.seekable.end(audio.seekable.length - 1);
    },
    onChange: (listen) => void listeners.add(listen),
    stats: () => ({
      state,
      seq: undefined,
      low: undefined,
      margin: 0,
      rate: audio.playbackRate,
      leads: true,
      waits: 0,
      reconnects,
      jumps: 0,
      rebuilt: 0,
    }),
    close() {
      stop('idle');
      for (const [name, run] of Object.entries(on)) audio.removeEventListener(name, run);
      listeners.clear();
    },
  };
}
