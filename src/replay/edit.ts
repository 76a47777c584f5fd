/** What a change makes of the edits of a recording; no clock, no file, no request. */
import { FRAGMENT_TICKS, TICKS_PER_SECOND } from '../base/time.ts';
import {
  type Clip,
  LONGEST_CLIP_MS,
  MOST_CHAPTERS,
  MOST_CLIPS,
  MOST_TRIMS,
  type NotedChapter,
  type RecordingEdits,
  SHORTEST_CLIP_MS,
  type Trim,
} from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';
import type { EditRefusal } from './replay-deps.ts';

/** Delay of AAC and of Opus, ticks: the sound of an instant lies so much later in its fragment (`media/priming.ts`). */
const LATEST_TICKS = 2048;
const EARLIEST_TICKS = 312;
/** A coded frame carries sound of the frame beside it: what is trimmed must not be heard from there. */
const OVERLAP_TICKS = 1024;
/** A frame of AAC. */
const FRAME_TICKS = 1024;
/** By so much the end of a clip is moved at most, ms. */
const MOVED_MS = 11;
/** The clocks of two machines differ by so much. */
const AHEAD_MS = 5_000;
/** A recording goes on for a moment after the end was pressed. */
const AFTER_END_MS = 60_000;

const full = (most: number, what: string): EditRefusal => ({
  refused: 'too-many-changes',
  detail: `There are ${most} ${what} in this room already: remove one first.`,
});
const unfit = (detail: string): EditRefusal => ({ refused: 'unprocessable', detail });

/** Why these moments are not of the recording; undefined when they are. */
export function outside(card: RoomCard, now: number, ...moments: readonly number[]): EditRefusal | undefined {
  const { opened, firstSpeech, ended } = card.clocks;
  if (opened === undefined || (firstSpeech === undefined && card.status !== 'live'))
    return {
      refused: 'wrong-moment',
      detail: 'Nothing is recorded yet: the recording begins when the room goes live.',
    };
  const last = ended === undefined ? now + AHEAD_MS : ended + AFTER_END_MS;
  if (moments.some((at) => at > last)) return unfit('That moment has not come, or was after the end.');
  if (moments.some((at) => at < opened)) return unfit('That moment was before the room opened.');
  return undefined;
}

/** The edits with one more chapter. */
export function withChapter(edits: RecordingEdits, chapter: NotedChapter): RecordingEdits | EditRefusal {
  if (edits.chapters.length >= MOST_CHAPTERS) return full(MOST_CHAPTERS, 'chapters');
  return { ...edits, chapters: [...edits.chapters, chapter].sort((a, b) => a.at - b.at) };
}

/**
 * The end of the coded frame that ends nearest to an instant, wall-clock ms: a clip ends there, in every player.
 * `zero`: when fragment 0 began.
 */
export function frameEnd(zero: number, wall: number): number {
  const ticks = ((wall - zero) * TICKS_PER_SECOND) / 1000 + LATEST_TICKS;
  const end = Math.round(ticks / FRAME_TICKS) * FRAME_TICKS - LATEST_TICKS;
  return Math.round(zero + (end * 1000) / TICKS_PER_SECOND);
}

/** The edits with one more clip. */
export function withClip(edits: RecordingEdits, clip: Clip): RecordingEdits | EditRefusal {
  if (edits.clips.length >= MOST_CLIPS) return full(MOST_CLIPS, 'clips');
  const length = clip.to - clip.from;
  if (length < SHORTEST_CLIP_MS - MOVED_MS || length > LONGEST_CLIP_MS + MOVED_MS)
    return unfit('A clip lasts 1 to 90 seconds.');
  return { ...edits, clips: [...edits.clips, clip] };
}

/**
 * The fragments in which something of a stretch can be heard, `end` exclusive; `zero`: when fragment 0 began. All are
 * wall-clock ms.
 */
export function trimmedFragments(zero: number, from: number, to: number): { first: number; end: number } {
  const ticks = (wall: number): number => Math.round(((wall - zero) * TICKS_PER_SECOND) / 1000);
  const first = Math.floor((ticks(from) + EARLIEST_TICKS - OVERLAP_TICKS) / FRAGMENT_TICKS);
  const end = Math.ceil((ticks(to) + LATEST_TICKS + OVERLAP_TICKS) / FRAGMENT_TICKS);
  return { first: Math.max(0, first), end: Math.max(0, end) };
}

/** The edits with one more trim. */
export function withTrim(edits: RecordingEdits, trim: Trim): RecordingEdits | EditRefusal {
  if (edits.trims.length >= MOST_TRIMS) return full(MOST_TRIMS, 'trims');
  return { ...edits, trims: [...edits.trims, trim].sort((a, b) => a.first - b.first) };
}

/** A list with the one of this id changed by `mend`. */
export function mended<T extends { readonly id: string }>(
  list: readonly T[],
  id: string,
  mend: (one: T) => T,
): readonly T[] {
  return list.map((one) => (one.id === id ? mend(one) : one));
}

const clockOf = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts
    .filter((part, index) => index > 0 || part > 0)
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':');
};

/** What the evidence log says of a trim: how much, where, why, and what the original was. */
export function trimWords(trim: Trim, sha256: string, back: boolean): string {
  const length = clockOf((trim.end - trim.first) * 320);
  const what = back ? 'Put back into the replay' : 'Trimmed from the replay';
  return `${what}: ${length} from ${new Date(trim.from).toISOString().slice(0, 19)}Z. ${trim.note} · original sha256 ${sha256}`;
}
