/** Plays a recording, finished or still growing, over the same MediaSource code; loaded only when somebody asks. */
import { fragmentTime } from './boxes.ts';
import { type MediaBuffer, openBuffer, playableCodec } from './buffer.ts';
import { type Piece, pieceAt, placeAt, type Recording, readPlaylist, variantOf } from './playlist.ts';

/** Sound fetched ahead of the playhead, seconds. */
const AHEAD = 30;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 8_000;
/** The latest place that is sought, before the end and before that of a recording that still grows by a piece every 5.12 s. */
const AT_END = 0.5;
const AT_EDGE = 7;
/** A hole or an overlap of less than this is rounding, not a hole. */
const ROUNDING = 0.05;

/** What a replay tells while it plays. */
export type ReplayState = 'loading' | 'ready' | 'playing' | 'paused' | 'waiting' | 'ended' | 'missing';

/** A place in a recording: seconds, from its end where negative, or the wall-clock ms at which it was said. */
export type ReplayStart = number | { readonly wall: number };

/** A recording on an element, its timeline beginning at 0. */
export interface Replay {
  readonly audio: HTMLAudioElement;
  readonly state: ReplayState;
  /** Length known so far, seconds. */
  readonly seconds: number;
  readonly at: number;
  /** Wall-clock ms of what is heard, where the recording says. */
  readonly wall: number | undefined;
  play(): Promise<void>;
  pause(): void;
  seek(to: ReplayStart): void;
  speed(rate: number): void;
  onChange(listen: () => void): void;
  close(): void;
}

/** Opens the recording of a room and stands at `from`. */
export function openReplay(slug: string, audio: HTMLAudioElement, from: ReplayStart = 0, base = ''): Replay {
  const listed = (name: string): string =>
    new URL(`${base}/r/${slug}/replay/${name}.m3u8`, location.href).href;
  const listeners = new Set<() => void>();
  const inits = new Map<string, Uint8Array<ArrayBuffer>>();
  // So that the door can count who catches up: made up anew each time, and kept by nobody.
  const name = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join('');
  const over = new AbortController();
  const playable = playableCodec();
  let state: ReplayState = 'loading';
  let recording: Recording = { pieces: [], seconds: 0, complete: false, again: 5_000 };
  let buffer: MediaBuffer | undefined;
  let rate = 1;
  let fetching = false;
  let playing = false;
  let next = -1;
  let appendedInit = '';
  let media = '';
  let run = 0;
  /** Where it begins; later where it broke off. */
  let begin = from;
  let following = false;

  const become = (value: ReplayState): void => {
    state = value;
    for (const listen of listeners) listen();
  };
  const bytes = async (url: string, range?: readonly [number, number]): Promise<Uint8Array<ArrayBuffer>> => {
    for (let wait = RETRY_MS; ; wait = Math.min(MAX_RETRY_MS, wait * 2)) {
      try {
        const response = await fetch(url, {
          signal: over.signal,
          headers: {
            'earshot-listener': name,
            ...(range ? { range: `bytes=${range[0]}-${range[0] + range[1] - 1}` } : {}),
          },
        });
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
      } catch {
        // Asked again below.
      }
      over.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  const refresh = async (): Promise<void> => {
    const look = async (url: string): Promise<string> => {
      const response = await fetch(url, { signal: over.signal });
      if (!response.ok) throw new Error(String(response.status));
      return response.text();
    };
    // What is recorded by default is there from the first piece on; lists of variants only once they are long enough.
    const usual = listed(playable?.codec === 'aac' ? 'aac96' : 'opus64');
    if (media === '' && playable) {
      const text = await look(usual).catch(() => undefined);
      if (text !== undefined) {
        media = usual;
        recording = readPlaylist(text, media);
        return;
      }
    }
    if (media === '') {
      const main = listed(playable?.codec === 'opus' ? 'opus' : 'main');
      const plays = (codecs: string): boolean =>
        !playable || codecs === (playable.codec === 'opus' ? 'opus' : 'mp4a.40.2');
      media = variantOf(await look(main), main, plays) ?? main;
    }
    recording = readPlaylist(await look(media), media);
  };
  const follow = async (): Promise<void> => {
    while (!recording.complete && !over.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, recording.again));
      await refresh().catch(() => {});
      buffer?.length(recording.seconds);
      for (const listen of listeners) listen();
      void feed();
    }
  };
  const held = (at: number): number => {
    const { buffered } = audio;
    for (let i = 0; i < buffered.length; i++) {
      if (at >= buffered.start(i) - ROUNDING && at < buffered.end(i)) return buffered.end(i);
    }
    return at;
  };
  const load = async (piece: Piece, mine: number): Promise<void> => {
    let init = inits.get(piece.init);
    if (!init) {
      init = await bytes(piece.init);
      inits.set(piece.init, init);
    }
    const sound = await bytes(piece.url, piece.range);
    if (mine !== run || !buffer) return;
    if (appendedInit !== piece.init) {
      appendedInit = piece.init;
      buffer.append(init);
    }
    // Every piece is moved to its place in the recording, whatever the program's own time was.
    buffer.append(sound, piece.at - (fragmentTime(sound) ?? 0));
  };
  const feed = async (): Promise<void> => {
    if (fetching || !buffer || over.signal.aborted) return;
    fetching = true;
    try {
      for (;;) {
        const mine = run;
        const now = audio.currentTime;
        if (next < 0) next = pieceAt(recording.pieces, Math.max(now, held(now) - ROUNDING));
        const piece = next < 0 ? undefined : recording.pieces[next];
        if (!piece) {
          if (recording.complete) buffer.finish();
          return;
        }
        if (piece.at > now + AHEAD) return;
        await load(piece, mine);
        // Somebody sought meanwhile: begin again from there.
        if (mine !== run) continue;
        next++;
        if (next >= recording.pieces.length && !recording.complete) {
          next = -1;
          return;
        }
      }
    } catch {
      // Closed meanwhile.
    } finally {
      fetching = false;
    }
  };
  const hop = (): void => {
    // A hole in the recording: go on behind it.
    const now = audio.currentTime;
    for (let i = 0; i < audio.buffered.length; i++) {
      const start = audio.buffered.start(i);
      if (start > now + 0.01 && held(now) <= now + ROUNDING) {
        const between = recording.pieces.some(
          (piece) => piece.at + piece.seconds > now + ROUNDING && piece.at < start - ROUNDING,
        );
        if (!between) audio.currentTime = start;
        return;
      }
    }
  };
  const seek = (start: ReplayStart): void => {
    const to = typeof start === 'number' ? start : placeAt(recording, start.wall);
    const end = recording.seconds - (recording.complete ? AT_END : AT_EDGE);
    const place = Math.max(0, Math.min(to < 0 ? recording.seconds + to : to, end));
    run++;
    next = -1;
    audio.currentTime = place;
    void feed();
    for (const listen of listeners) listen();
  };
  const on = {
    playing: () => become('playing'),
    waiting: () => {
      become('waiting');
      hop();
      void feed();
    },
    timeupdate: () => {
      void feed();
      for (const listen of listeners) listen();
    },
    seeking: () => {
      if (!fetching) next = -1;
      void feed();
    },
    pause: () => {
      if (!audio.ended) become('paused');
    },
    ended: () => become('ended'),
  };

  const start = async (): Promise<void> => {
    try {
      await refresh();
    } catch {
      if (!over.signal.aborted) become('missing');
      return;
    }
    if (recording.pieces.length === 0) return become('missing');
    if (playable) {
      buffer = openBuffer(audio, playable.mime, hop, () => {
        begin = audio.currentTime;
        become('missing');
      });
      buffer.length(recording.seconds);
      if (!following) void follow();
      following = true;
    } else audio.src = listed('main');
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
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
      return recording.seconds;
    },
    get at() {
      return state === 'loading' ? (typeof from === 'number' ? Math.max(0, from) : 0) : audio.currentTime;
    },
    get wall() {
      const piece = recording.pieces[pieceAt(recording.pieces, audio.currentTime)];
      return piece?.wall === undefined ? undefined : piece.wall + (audio.currentTime - piece.at) * 1000;
    },
    async play() {
      playing = true;
      // What could not be had, or not be decoded, is tried again when somebody asks again.
      if (state === 'missing') {
        buffer?.close();
        buffer = undefined;
        appendedInit = '';
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
    seek,
    speed(value) {
      rate = value;
      audio.defaultPlaybackRate = value;
      audio.playbackRate = value;
    },
    onChange: (listen) => void listeners.add(listen),
    close() {
      over.abort();
      for (const [name, listen] of Object.entries(on)) audio.removeEventListener(name, listen);
      audio.pause();
      buffer?.close();
      buffer = undefined;
      audio.playbackRate = 1;
      listeners.clear();
    },
  };
}
