import { type EpochMs, epochMs, FRAGMENT_MS, fragmentStart } from '../../base/time.ts';
import type { NotedChapter } from '../../wire/replay/edits.ts';
import { type Piece, type Recording, replayStart } from '../recording.ts';

/** A chapter of the replay: the time at which somebody begins to speak, or what a host noted. */
export interface Chapter {
  /** Milliseconds since the replay's beginning. */
  readonly at: number;
  readonly title: string;
}

/** A chapter with the moment that it is about. */
export interface MomentChapter extends Chapter {
  /** Wall-clock ms. */
  readonly wall: number;
  /** Present for a host's note. */
  readonly note?: NotedChapter;
}

/** As many as a Nero chapter list can hold. */
export const MAX_CHAPTERS = 255;
/** Shorter talk is an interjection and no chapter; doubled until the chapters fit. */
export const MIN_TALK_MS = 4000;
/** A chapter lasts a sixtieth of the recording, but no longer than this before the next may begin, ms. */
const LONGEST_LEAST_MS = 30_000;
const LEAST_SHARE = 60;
/** Names in the title of a chapter in which several people take turns. */
const MOST_NAMES = 3;

/** Where wall-clock instants are in a replay, with holes in it taken out. */
export interface Places {
  /** Milliseconds since the replay's beginning; of an instant in a hole, where it goes on. */
  of(wall: number): number;
  /** True for an instant that is not in a hole, before the beginning or behind the end. */
  has(wall: number): boolean;
  /** Length, ms. */
  readonly length: number;
}

/** Who spoke from when, with holes in the recording taken out. Empty when nobody was noted. */
export function turnsOf(recording: Recording, places: Places, most = MAX_CHAPTERS): MomentChapter[] {
  const talks = recording.marks
    .flatMap((mark) =>
      mark.kind === 'speaking'
        ? [{ name: mark.name, wall: mark.from, at: places.of(mark.from), until: places.of(mark.to) }]
        : [],
    )
    .filter(({ at, until }) => until > at)
    .sort((a, b) => a.at - b.at);
  for (let least = MIN_TALK_MS; ; least *= 2) {
    const turns: MomentChapter[] = [];
    for (const { name, wall, at, until } of talks) {
      if (until - at < least || turns.at(-1)?.title === name) continue;
      turns.push({ at: turns.length === 0 ? 0 : at, wall, title: name });
    }
    if (turns.length <= most) return turns;
  }
}

/**
 * The chapters of a replay: people who take quick turns share one, and each note of a host begins one. A note takes the
 * place of a chapter that begins within the shortest talk of it.
 */
export function momentChapters(
  recording: Recording,
  places: Places,
  notes: readonly NotedChapter[],
): MomentChapter[] {
  const noted = notes
    .filter(({ at }) => places.has(at))
    .map((note) => ({ at: places.of(note.at), wall: note.at, title: note.title, note }))
    .sort((a, b) => a.at - b.at);
  const near = ({ at }: Chapter): boolean => noted.some((note) => Math.abs(note.at - at) < MIN_TALK_MS);
  const spoken = shared(turnsOf(recording, places), Math.min(LONGEST_LEAST_MS, places.length / LEAST_SHARE));
  const all = [...spoken.filter((chapter) => !near(chapter)), ...noted].sort((a, b) => a.at - b.at);
  const [first] = all;
  if (!first) return [];
  const begun = [{ ...first, at: 0 }, ...all.slice(1)];
  if (begun.length <= MAX_CHAPTERS) return begun;
  // Notes are what people wrote; the machine's own chapters give way.
  const others = begun.filter((chapter) => !('note' in chapter));
  const every = Math.ceil(others.length / Math.max(1, MAX_CHAPTERS - noted.length - 1));
  const kept = new Set(others.filter((_, index) => index % every === 0));
  return begun.filter((chapter) => 'note' in chapter || kept.has(chapter));
}

/** Turns as chapters of at least `least` ms: shorter ones are added to the chapter before, with their names. */
function shared(turns: readonly MomentChapter[], least: number): MomentChapter[] {
  const chapters: { at: number; wall: number; names: string[] }[] = [];
  for (const { at, wall, title } of turns) {
    const last = chapters.at(-1);
    if (last && at - last.at < least) {
      if (!last.names.includes(title)) last.names.push(title);
    } else if (last?.names.length !== 1 || last.names[0] !== title)
      chapters.push({ at, wall, names: [title] });
  }
  return chapters.map(({ at, wall, names }) => ({
    ...{ at, wall },
    title: names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? '…' : ''),
  }));
}

/** Chapters for the tags of a file; see `momentChapters`. */
export const chaptersOf = (
  recording: Recording,
  pieces: Iterable<Piece>,
  notes: readonly NotedChapter[] = [],
): Chapter[] =>
  momentChapters(recording, placesIn(recording, pieces, replayStart(recording)), notes).map(
    ({ at, title }) => ({ at, title }),
  );

/** The places of a replay that begins with slot `start`. */
export function placesIn({ zero }: Recording, pieces: Iterable<Piece>, start: number): Places {
  const runs: { from: number; to: number; before: number }[] = [];
  let length = 0;
  for (const { first, count } of pieces) {
    const begin = Math.max(first, start);
    const fragments = first + count - begin;
    if (fragments <= 0) continue;
    const from = fragmentStart(zero as EpochMs, begin);
    const last = runs.at(-1);
    if (last?.to === from) last.to = from + fragments * FRAGMENT_MS;
    else runs.push({ from, to: from + fragments * FRAGMENT_MS, before: length });
    length += fragments * FRAGMENT_MS;
  }
  return {
    length,
    has: (wall) => runs.some(({ from, to }) => wall >= from && wall < to),
    of(wall) {
      let place = 0;
      for (const run of runs) {
        if (wall < run.from) break;
        place = run.before + Math.min(wall, epochMs(run.to)) - run.from;
      }
      return place;
    },
  };
}
