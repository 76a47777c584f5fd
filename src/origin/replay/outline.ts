import { type EpochMs, FRAGMENT_MS, fragmentStart } from '../../base/time.ts';
import { cutsOf, type RecordingEdits } from '../../wire/replay/edits.ts';
import type { OutlineChapter, ReplayOutline } from '../../wire/replay/outline.ts';
import { type Recording, replayPieces, replayStart } from '../recording.ts';
import { type MomentChapter, momentChapters, placesIn, turnsOf } from './chapters.ts';
import { saidBack } from './said-back.ts';

/** Turns that are told; then the shortest are left out. */
const MOST_TURNS = 2_000;

/** What a replay consists of beside its sound, on the timeline of its playlists. */
export function outlineOf(recording: Recording, edits: RecordingEdits): ReplayOutline {
  const zero = recording.zero as EpochMs;
  const longest = recording.renditions
    .map(({ id }) => [...replayPieces(recording, id)])
    .reduce((a, b) => (b.length > a.length ? b : a), []);
  // Playlists begin with a whole piece.
  const places = placesIn(recording, longest, 0);
  const seconds = (wall: number): number => places.of(wall) / 1000;
  const chapter = ({ at, wall, title, note }: MomentChapter): OutlineChapter => ({
    ...{ at: at / 1000, wall, title, kind: note ? 'note' : 'speaker' },
    ...(note ? { id: note.id, ...(note.link ? { link: note.link } : {}) } : {}),
  });
  const trims = edits.trims.map(({ id, first, end, note, made }) => {
    const from = fragmentStart(zero, first);
    const to = fragmentStart(zero, end);
    return { ...{ id, at: seconds(from), seconds: (to - from) / 1000, from, to }, note, made };
  });
  return {
    v: 1,
    seconds: places.length / 1000,
    lead: Math.max(0, replayStart(recording) - (longest[0]?.first ?? 0)) * (FRAGMENT_MS / 1000),
    chapters: momentChapters(recording, places, edits.chapters).map(chapter),
    turns: turnsOf(recording, places, MOST_TURNS).map(chapter),
    trims: trims.sort((a, b) => a.from - b.from),
    clips: edits.clips
      .filter(({ from, to }) => !isGone(zero, edits, from, to))
      .map(({ by: _, ...clip }) => ({ ...clip, at: seconds(clip.from) }))
      .sort((a, b) => b.made - a.made),
    ...(edits.original ? { original: edits.original } : {}),
    ...saidBack(recording.marks, places),
  };
}

/** True when a cut leaves nothing between two moments. */
function isGone(zero: EpochMs, edits: RecordingEdits, from: number, to: number): boolean {
  return cutsOf(edits).some(
    ({ first, end }) => fragmentStart(zero, first) <= from && fragmentStart(zero, end) >= to,
  );
}
