/**
 * A clip as a file: the recorded AAC frames between two moments, not coded again. An edit list begins it at the sample; it
 * ends with a frame, 11 ms from what was asked at most. Spec: ISO/IEC 14496-12, 8.6.6.
 */
import { createHash } from 'node:crypto';
import { FRAGMENT_TICKS, TICKS_PER_SECOND } from '../../base/time.ts';
import { fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import { PRIMING } from '../../media/priming.ts';
import type { Clip, RecordingEdits } from '../../wire/replay/edits.ts';
import { type Recording, type RecordingPort, replayPieces } from '../recording.ts';
import { BYTES_PER_SIZE, m4aHead } from './m4a.ts';

/** Samples of one AAC frame, and frames of a fragment. */
const FRAME = 1024;
const FRAMES = FRAGMENT_TICKS / FRAME;
/** A decoder needs the frame before the first that is heard; the one before that costs nothing. */
const PRE_ROLL = 2;

/** A clip ready to be sent. */
export interface ClipFile {
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** What a player plays; less than was asked for where the recording has a hole, or was trimmed. */
  readonly seconds: number;
}

/** What stands in the tags of a clip. */
export interface ClipTags {
  /** The room's title, its hosts, and the PNG that players show. */
  readonly room: string;
  readonly hosts: readonly string[];
  /** Painted once the clip can be made: painting the first one takes seconds on a busy machine. */
  cover?(): Promise<Uint8Array | undefined>;
}

/** One frame and where it begins, ticks since the program's zero. */
interface Placed {
  readonly frame: Uint8Array;
  readonly at: number;
}

/**
 * Makes a clip. Undefined when its end is not recorded yet, nothing of it is, or the room was not recorded in AAC.
 * Holes are left out. @throws when aborted.
 */
export async function clipFile(
  port: RecordingPort,
  slug: string,
  recording: Recording,
  clip: Clip,
  tags: ClipTags,
  over: boolean,
): Promise<ClipFile | undefined> {
  const aac = recording.renditions.find((r) => r.codec === 'aac' && r.container === 'fmp4')?.id;
  const init = aac === undefined ? undefined : await port.init(slug, aac);
  if (aac === undefined || !init) return undefined;
  const from = mediaTicks(recording, clip.from);
  // Many programs honour an edit list at its beginning alone: the end is where a frame ends.
  const to = Math.round(mediaTicks(recording, clip.to) / FRAME) * FRAME;
  const { frames, whole } = await framesOf(port, slug, recording, aac, from - PRE_ROLL * FRAME, to);
  if (frames.length === 0 || (!over && !whole)) return undefined;
  const before = frames.filter(({ at }) => at + FRAME <= from).length;
  // Where the frame before the first is missing, what is heard begins with the second.
  const heard = Math.max(1, before);
  const first = frames[heard];
  const last = frames.at(-1);
  if (!first || !last) return undefined;
  const begin = heard * FRAME + Math.max(0, from - first.at);
  const end = frames.length * FRAME - Math.max(0, last.at + FRAME - to);
  if (end <= begin) return undefined;
  const cover = await tags.cover?.();
  const sizes = frames.map(({ frame }) => frame.length);
  const sound = sizes.reduce((sum, size) => sum + size, 0);
  const head = m4aHead({
    ...{ title: clip.title, hosts: tags.hosts, date: new Date(clip.from).toISOString(), init },
    chunks: [{ frames: frames.length, bytes: sound }],
    chapters: [{ at: 0, title: clip.title }],
    played: { from: begin, ticks: end - begin },
    comment: [tags.room, clip.text].filter(Boolean).join('. '),
    ...(cover ? { cover } : {}),
  });
  const table = Buffer.allocUnsafe(sizes.length * BYTES_PER_SIZE);
  for (const [index, size] of sizes.entries()) table.writeUInt32BE(size, index * BYTES_PER_SIZE);
  const bytes = Buffer.concat([head.before, table, head.after, ...frames.map(({ frame }) => frame)]);
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { bytes, etag: `"${hash}"`, seconds: (end - begin) / TICKS_PER_SECOND };
}

/** Where the sound of an instant lies in the coded program, ticks since its zero. */
const mediaTicks = ({ zero }: Recording, wall: number): number =>
  Math.round(((wall - zero) * TICKS_PER_SECOND) / 1000) + PRIMING.aac;

/** The recorded frames that end after `from` and begin before `to`, ticks; `whole` once nothing more can come. */
async function framesOf(
  port: RecordingPort,
  slug: string,
  recording: Recording,
  rendition: string,
  from: number,
  to: number,
): Promise<{ readonly frames: Placed[]; readonly whole: boolean }> {
  const [firstSlot, lastSlot] = [Math.floor(from / FRAGMENT_TICKS), Math.floor((to - 1) / FRAGMENT_TICKS)];
  const frames: Placed[] = [];
  let whole = false;
  for (const piece of replayPieces(recording, rendition)) {
    const end = piece.first + piece.count;
    if (end > lastSlot) whole = true;
    if (end <= firstSlot || piece.first > lastSlot) continue;
    const bytes = (await port.read(slug, rendition, piece)) ?? Buffer.alloc(0);
    for (const place of wholeFragments(bytes)) {
      const all = fragmentFrames(bytes.subarray(place.start, place.end));
      if (all.length !== FRAMES) continue;
      for (const [index, frame] of all.entries()) {
        const at = place.seq * FRAGMENT_TICKS + index * FRAME;
        if (at + FRAME > from && at < to) frames.push({ frame, at });
      }
    }
  }
  return { frames, whole };
}

/** The clip of this id. */
export const clipOf = (edits: RecordingEdits | undefined, id: string): Clip | undefined =>
  edits?.clips.find((clip) => clip.id === id);
