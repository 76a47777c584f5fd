/**
 * Everything of a replay that costs in proportion to its length. It runs in a thread beside a door, one thing at a
 * time.
 */
import { gzipSync } from 'node:zlib';
import type { Rendition } from '../../base/media.ts';
import { etagOf } from '../../base/negotiation.ts';
import { type EpochMs, FRAGMENT_MS, fragmentStart } from '../../base/time.ts';
import { fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import type { Piece, Recording, RecordingLoudness, Removed } from '../../wire/recording.ts';
import { NO_EDITS, type NotedChapter } from '../../wire/replay/edits.ts';
import { MAX_TOLD_GAPS, type RecordingGap } from '../../wire/room.ts';
import { editedRecordings } from '../edited-recording.ts';
import { endedPlaylist } from '../playlist/ended-playlist.ts';
import { replayPlaylist } from '../playlist/replay-playlist.ts';
import { type RecordingPort, replayPieces, replayStart } from '../recording.ts';
import { chaptersOf } from './chapters.ts';
import { type ClipFile, type ClipTags, clipFile, clipOf } from './clip-file.ts';
import { growingHead } from './growing-file.ts';
import { BYTES_PER_SIZE, m4aHead } from './m4a.ts';
import { outlineOf } from './outline.ts';
import { recordedLoudness } from './recorded-loudness.ts';
import { waveformOf } from './waveform.ts';

/**
 * The longest recording that is one file with a table of its frames, 16 MB of it; a longer one is a file of
 * fragments.
 */
const MAX_WHOLE_FRAGMENTS = (24 * 3_600_000) / FRAGMENT_MS;
/** A list longer than this is kept compressed alone. */
const MAX_PLAIN_BYTES = 1 << 20;

/** What is known of a recording beside its sound. */
export interface ReplayFacts {
  readonly title: string;
  readonly zero: number;
  /** Renditions that have something to replay. */
  readonly renditions: readonly Rendition[];
  /** How many pieces of each the replay has. */
  readonly pieces: Readonly<Record<string, number>>;
  /** True once the room went live. */
  readonly began: boolean;
  /** Of the replay, of its longest rendition. */
  readonly seconds: number;
  /** The newest `MAX_TOLD_GAPS`. */
  readonly gaps: readonly RecordingGap[];
  readonly loudness?: RecordingLoudness;
  readonly removed?: Removed;
}

/** A playlist ready to be sent. */
export interface ReplayList {
  /** Absent when it is long: then `gzip` holds it. */
  readonly plain?: Uint8Array;
  readonly gzip: Uint8Array;
  /** Bytes of the list as it is without a coding. */
  readonly length: number;
  readonly etag: string;
}

/** `replay.m4a` as a plan: what stands before the sound, and where each piece's sound lies. */
export interface FilePlan {
  readonly layout: 'whole' | 'growing';
  readonly rendition: string;
  /** Slot at which the replay begins. */
  readonly start: number;
  /** The head; of the `whole` layout up to the table of frame sizes, which `frames` tells of and `after` follows. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly frames: {
    readonly from: number;
    readonly count: number;
    /** Sizes (u16, big-endian) where no index has them. */
    readonly inline?: Uint8Array;
  };
  readonly firsts: Uint32Array;
  readonly counts: Uint8Array;
  /** Where each piece's sound begins in the file, and after the last where the file ends. */
  readonly offsets: Float64Array;
  /** Fragments of the replay before each piece. */
  readonly fragmentsBefore: Uint32Array;
  readonly etag: string;
}

/** What goes into the tags of a file. */
export interface FileTags {
  readonly title: string;
  readonly hosts: readonly string[];
}

/** A request for one thing made from a recording. */
export type ReplayWish =
  | { readonly what: 'facts'; readonly slug: string; readonly over: boolean }
  | { readonly what: 'loudness'; readonly slug: string; readonly over: boolean }
  | { readonly what: 'list'; readonly slug: string; readonly over: boolean; readonly rendition: string }
  | { readonly what: 'outline'; readonly slug: string; readonly over: boolean }
  | { readonly what: 'waveform'; readonly slug: string; readonly over: boolean }
  | {
      readonly what: 'clip';
      readonly slug: string;
      readonly over: boolean;
      readonly id: string;
      readonly tags: Omit<ClipTags, 'cover'>;
    }
  | { readonly what: 'ended'; readonly slug: string; readonly over: true; readonly rendition: string }
  | {
      readonly what: 'file';
      readonly slug: string;
      readonly over: boolean;
      readonly layout: 'whole' | 'growing';
      readonly tags: FileTags;
    };

/** What was made; undefined when there is nothing to make it of. */
export type ReplayMade = ReplayFacts | ReplayList | FilePlan | ClipFile | RecordingLoudness;

/** Makes lists and plans. The caller asks for one thing at a time. */
export interface ReplayMaker {
  make(wish: ReplayWish, signal: AbortSignal): Promise<ReplayMade | undefined>;
}

/** The image of a clip, PNG, for the tags of its file; undefined: none. */
export type ClipCover = (clip: {
  readonly title: string;
  readonly room: string;
  readonly seconds: number;
}) => Promise<Uint8Array | undefined>;

/** Opens a maker that works in the calling thread. */
export function openReplayMaker(
  archive: RecordingPort,
  cover: ClipCover = async () => undefined,
): ReplayMaker {
  const port = editedRecordings(archive);
  return {
    async make(wish, signal) {
      const { slug, over } = wish;
      const first = await port.recording(slug, { over, signal });
      if (!first) return undefined;
      if (wish.what === 'facts') return factsOf(first);
      if (wish.what === 'list') return listOf(replayPlaylist(first, wish.rendition, over));
      if (wish.what === 'ended') {
        const rendition = first.renditions.find(({ id }) => id === wish.rendition);
        return listOf(rendition && endedPlaylist(first, rendition));
      }
      if (wish.what === 'outline') {
        if (first.removed || !(over || hasBegun(first))) return undefined;
        const edits = (await port.edits?.(slug)) ?? NO_EDITS;
        return listOf(JSON.stringify(outlineOf(first, edits)));
      }
      if (wish.what === 'waveform') {
        const waveform = await waveformOf(port, slug, first, signal);
        return listOf(waveform && JSON.stringify(waveform));
      }
      if (wish.what === 'clip') {
        const clip = clipOf(await port.edits?.(slug), wish.id);
        if (!clip) return undefined;
        const { title, from, to } = clip;
        const image = () => cover({ title, room: wish.tags.room, seconds: (to - from) / 1000 });
        return clipFile(port, slug, first, clip, { ...wish.tags, cover: image }, over);
      }
      if (wish.what === 'loudness') {
        const figure = first.loudness ?? (await recordedLoudness(port, slug, first, signal));
        // Without the right to write it is measured again after a restart.
        if (figure && !first.loudness) await port.keepLoudness?.(slug, figure).catch(() => undefined);
        return figure;
      }
      const rendition = first.renditions.find((r) => r.codec === 'aac' && r.container === 'fmp4')?.id;
      const recording = await port.recording(slug, { over, signal, sizesOf: rendition });
      if (rendition === undefined || !recording) return undefined;
      const { chapters: notes = [] } = (await port.edits?.(slug)) ?? {};
      return planOf(port, slug, recording, rendition, { ...wish, notes }, signal);
    },
  };
}

const hasBegun = ({ marks }: Recording): boolean =>
  marks.some((mark) => mark.kind === 'status' && mark.status === 'live');

function factsOf(recording: Recording): ReplayFacts {
  const { title, zero, renditions, gaps, loudness, removed } = recording;
  let most = 0;
  const pieces: Record<string, number> = {};
  const kept = renditions.filter(({ id }) => {
    let fragments = 0;
    for (const { count } of replayPieces(recording, id)) {
      fragments += count;
      pieces[id] = (pieces[id] ?? 0) + 1;
    }
    most = Math.max(most, fragments);
    return fragments > 0;
  });
  return {
    ...{ title, zero, renditions: kept, pieces, seconds: (most * FRAGMENT_MS) / 1000 },
    began: hasBegun(recording),
    gaps: gaps.slice(-MAX_TOLD_GAPS),
    ...(loudness ? { loudness } : {}),
    ...(removed ? { removed } : {}),
  };
}

function listOf(text: string | undefined): ReplayList | undefined {
  if (text === undefined) return undefined;
  const plain = Buffer.from(text);
  const long = plain.length > MAX_PLAIN_BYTES;
  return {
    ...(long ? {} : { plain }),
    gzip: gzipSync(plain, long ? { level: 1 } : {}),
    length: plain.length,
    etag: etagOf(plain),
  };
}

/** What a plan must know of each piece, from the replay's beginning on. */
interface Measured {
  readonly piece: Piece;
  readonly fragments: number;
  /** Of the fragments as they are. */
  readonly bytes: number;
  readonly frames: number;
  readonly sound: number;
  /** Where no index has them. */
  readonly sizes?: readonly number[];
}

async function planOf(
  port: RecordingPort,
  slug: string,
  recording: Recording,
  rendition: string,
  wish: {
    readonly layout: 'whole' | 'growing';
    readonly tags: FileTags;
    readonly over: boolean;
    readonly notes: readonly NotedChapter[];
  },
  signal: AbortSignal,
): Promise<FilePlan | undefined> {
  const { layout, tags, over, notes } = wish;
  const init = await port.init(slug, rendition);
  const start = replayStart(recording);
  const pieces = [...replayPieces(recording, rendition)];
  const [first] = pieces;
  if (!init || !first) return undefined;
  let fragments = 0;
  for (const { count } of pieces) fragments += count;
  const growing = layout === 'growing' || fragments > MAX_WHOLE_FRAGMENTS;
  const indexed =
    growing || (over && (await sizesAreKept(port, slug, rendition, recording.pieces.get(rendition) ?? [])));
  const measured: Measured[] = [];
  for (const piece of pieces) {
    signal.throwIfAborted();
    measured.push(await measure(port, slug, rendition, piece, start, indexed));
  }
  const head = {
    ...tags,
    date: new Date(fragmentStart(recording.zero as EpochMs, Math.max(first.first, start))).toISOString(),
    init,
    chapters: chaptersOf(recording, pieces, notes),
  };
  const frames = measured.reduce((sum, one) => sum + one.frames, 0);
  const { before, after } = growing
    ? { before: growingHead({ ...head, pieces: measured }), after: Buffer.alloc(0) }
    : m4aHead({ ...head, chunks: measured.map((one) => ({ frames: one.frames, bytes: one.sound })) });
  const sizes = measured.some((one) => one.sizes)
    ? u16Array(measured.flatMap((one) => one.sizes ?? []))
    : undefined;
  const offsets = new Float64Array(measured.length + 1);
  const fragmentsBefore = new Uint32Array(measured.length);
  let at = before.length + (growing ? 0 : frames * BYTES_PER_SIZE) + after.length;
  let past = 0;
  for (const [index, one] of measured.entries()) {
    offsets[index] = at;
    fragmentsBefore[index] = past;
    at += growing ? one.bytes : one.sound;
    past += one.fragments;
  }
  offsets[measured.length] = at;
  return {
    ...{ layout: growing ? 'growing' : 'whole', rendition, start, before, after, offsets, fragmentsBefore },
    frames: {
      from: framesBefore(recording, rendition, pieces.length) + trimmed(first, measured[0]),
      count: growing ? 0 : frames,
      ...(sizes && !growing ? { inline: sizes } : {}),
    },
    firsts: Uint32Array.from(measured, ({ piece }) => piece.first),
    counts: Uint8Array.from(measured, ({ piece }) => piece.count),
    etag: etagOf(Buffer.concat([before, after, Buffer.from(`${at} ${start}`)])),
  };
}

/** Whether the index has the size of every frame that its records speak of. */
async function sizesAreKept(
  port: RecordingPort,
  slug: string,
  rendition: string,
  pieces: Iterable<Piece>,
): Promise<boolean> {
  let frames = 0;
  for (const piece of pieces) frames += piece.frames ?? Number.NaN;
  if (!(frames > 0)) return false;
  return (await port.frameSizes?.(slug, rendition, frames - 1, 1)) !== undefined;
}

async function measure(
  port: RecordingPort,
  slug: string,
  rendition: string,
  piece: Piece,
  start: number,
  indexed: boolean,
): Promise<Measured> {
  const { bytes, frames, sound, count } = piece;
  const known = bytes !== undefined && frames !== undefined && sound !== undefined;
  if (indexed && known && start <= piece.first) return { piece, fragments: count, bytes, frames, sound };
  const read = (await port.read(slug, rendition, piece)) ?? Buffer.alloc(0);
  const places = wholeFragments(read).filter(({ seq }) => seq >= start);
  const sizes = places.flatMap((place) =>
    fragmentFrames(read.subarray(place.start, place.end)).map((frame) => frame.length),
  );
  return {
    piece,
    fragments: places.length,
    bytes: places.reduce((sum, place) => sum + place.end - place.start, 0),
    frames: sizes.length,
    sound: sizes.reduce((sum, size) => sum + size, 0),
    ...(indexed ? {} : { sizes }),
  };
}

/** Frames in the index before the first of the last `count` pieces. */
function framesBefore(recording: Recording, rendition: string, count: number): number {
  const pieces = recording.pieces.get(rendition);
  let frames = 0;
  for (let index = 0; index < (pieces?.length ?? 0) - count; index++)
    frames += pieces?.at(index)?.frames ?? 0;
  return frames;
}

/** Frames of the first piece that come before the replay's beginning. */
const trimmed = (piece: Piece, measured: Measured | undefined): number =>
  piece.frames === undefined || !measured ? 0 : piece.frames - measured.frames;

function u16Array(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}
