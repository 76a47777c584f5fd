import { FRAGMENTS_PER_SEGMENT } from '../../src/base/time.ts';
import { fragmentSeq, fragmentTime } from './boxes.ts';
import type { MediaBuffer } from './buffer.ts';
import type { PlayerOptions } from './player.ts';
import { type PlaylistPiece, pieceAt } from './playlist.ts';
import type { RecordingSource } from './recording-source.ts';

/** Sound fetched ahead of the playhead, seconds. */
const AHEAD = 30;
/** A hole or an overlap of less than this is rounding, not a hole. */
const ROUNDING = 0.05;

/** What is kept of a piece that was fetched ahead: its tag and the head of its first fragment. */
const FIRST_BYTES = 128;
/** Pieces fetched ahead, and left behind by seeking. */
const MOST_AHEAD = 64;

/** Keeps a buffer filled ahead of the playhead, piece by piece. */
export interface Feeder {
  /** Feeds this buffer from now on; undefined feeds none. */
  use(buffer: MediaBuffer | undefined): void;
  /** Fetches until there is enough ahead, or all there is. Does nothing while it already does so. */
  feed(): Promise<void>;
  /** We move the playhead: what is on its way is thrown away, and the next `feed` begins from there. */
  restart(): void;
  /** The browser has moved the playhead. */
  moved(): void;
  /** The playhead went on: tells of the segments that it has come to. */
  passed(): void;
}

/** Where the buffered range around `at` ends; `at` itself where nothing is buffered. */
function bufferedTo({ buffered }: HTMLAudioElement, at: number): number {
  for (let i = 0; i < buffered.length; i++) {
    if (at >= buffered.start(i) - ROUNDING && at < buffered.end(i)) return buffered.end(i);
  }
  return at;
}

/** Opens a feeder without a buffer; it stops when `over`. `segment` is called with what begins a segment that is played. */
export function openFeeder(
  audio: HTMLAudioElement,
  source: RecordingSource,
  over: AbortSignal,
  segment: NonNullable<PlayerOptions['segment']> = () => {},
): Feeder {
  let buffer: MediaBuffer | undefined;
  const passing = openPassing(segment);
  let fetching = false;
  /** The piece to fetch next; −1 where the playhead has to say. */
  let next = -1;
  let run = 0;
  let appendedInit = '';

  const load = async (piece: PlaylistPiece, mine: number): Promise<void> => {
    const init = await source.init(piece);
    const sound = await source.sound(piece);
    if (mine !== run || !buffer) return;
    if (appendedInit !== piece.init) {
      appendedInit = piece.init;
      buffer.append(init);
    }
    passing.loaded(piece.at, sound);
    // Every piece is moved to its place in the recording, whatever the program's own time was.
    buffer.append(sound, piece.at - (fragmentTime(sound) ?? 0));
  };
  const feed = async (): Promise<void> => {
    if (fetching || !buffer || over.aborted) return;
    fetching = true;
    try {
      for (;;) {
        const mine = run;
        const now = audio.currentTime;
        const { pieces } = source.recording;
        if (next < 0) next = pieceAt(pieces, Math.max(now, bufferedTo(audio, now) - ROUNDING));
        const piece = next < 0 ? undefined : pieces[next];
        if (!piece) {
          if (source.recording.complete) buffer.finish();
          return;
        }
        if (piece.at > now + AHEAD) return;
        await load(piece, mine);
        // The playhead was moved in the meantime: begin again from there.
        if (mine !== run) continue;
        next++;
        if (next >= source.recording.pieces.length && !source.recording.complete) {
          next = -1;
          return;
        }
      }
    } catch {
      // Closed in the meantime.
    } finally {
      fetching = false;
    }
  };
  return {
    use(target) {
      buffer = target;
      appendedInit = '';
    },
    feed,
    passed: () => passing.passed(audio.currentTime),
    restart() {
      run++;
      next = -1;
    },
    moved() {
      if (!fetching) next = -1;
      void feed();
    },
  };
}

/** Where sound goes on behind the hole that the playhead stands at; undefined where there is no such hole. */
export function behindHole(audio: HTMLAudioElement, pieces: readonly PlaylistPiece[]): number | undefined {
  const now = audio.currentTime;
  for (let i = 0; i < audio.buffered.length; i++) {
    const start = audio.buffered.start(i);
    if (start > now + 0.01 && bufferedTo(audio, now) <= now + ROUNDING) {
      const between = pieces.some(
        (piece) => piece.at + piece.seconds > now + ROUNDING && piece.at < start - ROUNDING,
      );
      return between ? undefined : start;
    }
  }
  return undefined;
}

/** Pieces of a recording are fetched ahead: their segments are told of when they are played. */
function openPassing(segment: NonNullable<PlayerOptions['segment']>) {
  let ahead: { readonly at: number; readonly number: number; readonly first: Uint8Array }[] = [];
  return {
    loaded(at: number, sound: Uint8Array): void {
      const number = fragmentSeq(sound) / FRAGMENTS_PER_SEGMENT;
      if (Number.isInteger(number)) ahead.push({ at, number, first: sound.slice(0, FIRST_BYTES) });
    },
    passed(at: number): void {
      const due = ahead.filter((one) => one.at <= at);
      ahead = ahead.filter((one) => one.at > at).slice(-MOST_AHEAD);
      for (const { number, first } of due) segment(number, first);
    },
  };
}
