import { type EpochMs, epochMs, FRAGMENT_MS, fragmentStart } from '../../base/time.ts';
import { type Piece, type Recording, replayStart } from '../recording.ts';

/** A chapter of the replay: the time at which somebody begins to speak. */
export interface Chapter {
  /** Milliseconds since the replay's beginning. */
  readonly at: number;
  readonly title: string;
}

/** As many as a Nero chapter list can hold. */
export const MAX_CHAPTERS = 255;
/** Shorter talk is an interjection and no chapter; doubled until the chapters fit. */
export const MIN_TALK_MS = 4000;

/** Who spoke from when, with holes in the recording taken out. Empty when nobody was noted. */
export function chaptersOf(recording: Recording, pieces: Iterable<Piece>): Chapter[] {
  const place = placer(recording.zero as EpochMs, pieces, replayStart(recording));
  const talks = recording.marks
    .flatMap((mark) =>
      mark.kind === 'speaking' ? [{ ...mark, at: place(mark.from), until: place(mark.to) }] : [],
    )
    .filter(({ at, until }) => until > at)
    .sort((a, b) => a.at - b.at);
  for (let least = MIN_TALK_MS; ; least *= 2) {
    const chapters: Chapter[] = [];
    for (const { name, at, until } of talks) {
      if (until - at < least || chapters.at(-1)?.title === name) continue;
      chapters.push({ at: chapters.length === 0 ? 0 : at, title: name });
    }
    if (chapters.length <= MAX_CHAPTERS) return chapters;
  }
}

/** Turns an instant on the wall clock into a place in the replay. */
function placer(zero: EpochMs, pieces: Iterable<Piece>, start: number): (at: number) => number {
  const runs: { from: number; to: number; before: number }[] = [];
  let before = 0;
  for (const { first, count } of pieces) {
    const begin = Math.max(first, start);
    const fragments = first + count - begin;
    if (fragments <= 0) continue;
    const from = fragmentStart(zero, begin);
    runs.push({ from, to: from + fragments * FRAGMENT_MS, before });
    before += fragments * FRAGMENT_MS;
  }
  return (at) => {
    let place = 0;
    for (const run of runs) {
      if (at < run.from) break;
      place = run.before + Math.min(at, epochMs(run.to)) - run.from;
    }
    return place;
  };
}
