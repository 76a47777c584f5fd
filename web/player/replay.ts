/** Plays a recording, complete or still growing, with the same MediaSource code; loaded only when it is needed. */
import { type MediaBuffer, openBuffer, playableCodec } from './buffer.ts';
import { behindHole, type Feeder, openFeeder } from './feeder.ts';
import type { PlayerOptions } from './player.ts';
import { type PlaylistRecording, placeAt, wallAt } from './playlist.ts';
import { openSource, type RecordingSource } from './recording-source.ts';

/**
 * The latest place to seek to: seconds before the end, and before the end of a recording that still grows (by 5.12 s at
 * a time).
 */
const AT_END = 0.5;
const AT_EDGE = 7;

/** The state of a replay. */
export type ReplayState = 'loading' | 'ready' | 'playing' | 'paused' | 'waiting' | 'ended' | 'missing';

/** A place in a recording: seconds, counted from its end if negative, or a wall-clock time in ms. */
export type ReplayStart = number | { readonly wall: number };

/** A recording on an audio element, with a timeline that begins at 0. */
export interface Replay {
  readonly audio: HTMLAudioElement;
  readonly state: ReplayState;
  /** Length known so far, seconds. */
  readonly seconds: number;
  readonly at: number;
  /** Wall-clock time of what is heard, ms; undefined if the recording does not say. */
  readonly wall: number | undefined;
  play(): Promise<void>;
  pause(): void;
  seek(to: ReplayStart): void;
  speed(rate: number): void;
  onChange(listen: () => void): void;
  close(): void;
}

/** Opens the recording of a room at `from`. `segment` is called with the first fragment of each segment that is played. */
export function openReplay(
  slug: string,
  audio: HTMLAudioElement,
  from: ReplayStart = 0,
  segment: PlayerOptions['segment'] = () => {},
): Replay {
  const listeners = new Set<() => void>();
  const over = new AbortController();
  const playable = playableCodec();
  const source = openSource(slug, '', playable?.codec, over.signal);
  const feeder = openFeeder(audio, source, over.signal, segment);
  let state: ReplayState = 'loading';
  let buffer: MediaBuffer | undefined;
  let rate = 1;
  let playing = false;
  /** Where to begin; after a failure, where it stopped. */
  let begin = from;
  let following = false;

  const tell = (): void => {
    for (const listen of listeners) listen();
  };
  const become = (value: ReplayState): void => {
    state = value;
    tell();
  };
  const use = (next: MediaBuffer | undefined): void => {
    buffer = next;
    feeder.use(next);
  };
  const hop = (): void => {
    const place = behindHole(audio, source.recording.pieces);
    if (place !== undefined) audio.currentTime = place;
  };
  const seek = (to: ReplayStart): void => {
    feeder.restart();
    audio.currentTime = placeFor(source.recording, to);
    void feeder.feed();
    tell();
  };
  const on = eventsOf(audio, feeder, { become, tell, hop });
  const start = async (): Promise<void> => {
    const refreshed = source.refresh().then(() => true);
    const read = await refreshed.catch(() => false);
    if (over.signal.aborted) return;
    if (!read || source.recording.pieces.length === 0) return become('missing');
    if (playable) {
      const opened = openBuffer(audio, playable.mime, hop, () => {
        begin = audio.currentTime;
        become('missing');
      });
      use(opened);
      opened.length(source.recording.seconds);
      if (!following)
        void follow(source, over.signal, () => {
          buffer?.length(source.recording.seconds);
          tell();
          void feeder.feed();
        });
      following = true;
    } else audio.src = source.main;
    setSpeed(audio, rate);
    seek(begin);
    become('ready');
    if (playing) await audio.play().catch(() => become('paused'));
  };
  for (const [name, listen] of Object.entries(on)) audio.addEventListener(name, listen);
  void start();

  return {
    audio,
    get state() {
      return state;
    },
    get seconds() {
      return source.recording.seconds;
    },
    get at() {
      return state === 'loading' ? (typeof begin === 'number' ? Math.max(0, begin) : 0) : audio.currentTime;
    },
    get wall() {
      return wallAt(source.recording, audio.currentTime);
    },
    async play() {
      playing = true;
      // A recording that could not be fetched or decoded is tried again when the button is pressed again.
      if (state === 'missing') {
        buffer?.close();
        use(undefined);
        become('loading');
        return start();
      }
      if (state === 'ended') seek(0);
      if (state !== 'loading') await audio.play().catch(() => become('paused'));
    },
    pause() {
      playing = false;
      audio.pause();
    },
    seek(to) {
      if (state !== 'loading' && state !== 'missing') return seek(to);
      begin = to;
      tell();
    },
    speed(value) {
      rate = value;
      setSpeed(audio, value);
    },
    onChange: (listen) => void listeners.add(listen),
    close() {
      over.abort();
      for (const [name, listen] of Object.entries(on)) audio.removeEventListener(name, listen);
      audio.pause();
      buffer?.close();
      use(undefined);
      audio.playbackRate = 1;
      listeners.clear();
    },
  };
}

/** Where in a recording a start is, seconds: never so near its end that nothing would follow. */
function placeFor(recording: PlaylistRecording, start: ReplayStart): number {
  const to = typeof start === 'number' ? start : placeAt(recording, start.wall);
  const end = recording.seconds - (recording.complete ? AT_END : AT_EDGE);
  return Math.max(0, Math.min(to < 0 ? recording.seconds + to : to, end));
}

/** Reads the list of a recording that still grows again and again; `fresh` runs after each try. */
async function follow(source: RecordingSource, over: AbortSignal, fresh: () => void): Promise<void> {
  while (!source.recording.complete && !over.aborted) {
    await new Promise((resolve) => setTimeout(resolve, source.recording.again));
    await source.refresh().catch(() => {});
    fresh();
  }
}

/** What each event of the element means for a replay. */
function eventsOf(
  audio: HTMLAudioElement,
  feeder: Feeder,
  { become, tell, hop }: { become(state: ReplayState): void; tell(): void; hop(): void },
): Record<string, () => void> {
  return {
    playing: () => become('playing'),
    waiting: () => {
      become('waiting');
      hop();
      void feeder.feed();
    },
    timeupdate: () => {
      feeder.passed();
      void feeder.feed();
      tell();
    },
    seeking: feeder.moved,
    pause: () => {
      if (!audio.ended) become('paused');
    },
    ended: () => become('ended'),
  };
}

function setSpeed(audio: HTMLAudioElement, rate: number): void {
  audio.preservesPitch = true;
  audio.defaultPlaybackRate = rate;
  audio.playbackRate = rate;
}
