/**
 * The layout of `replay.m4a` while the room goes on, and of recordings too long for a table of frames: a fragmented MP4
 * whose head has a fixed length. It grows at its end alone, so that no byte of sound ever moves under a player.
 */
import { FRAGMENT_TICKS, TICKS_PER_SECOND } from '../../base/time.ts';
import { box, fullBox, u16, u32, u64 } from '../../media/box-writer.ts';
import { findBox, fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import { withGain } from './aac-gain.ts';
import { type Chapter, MIN_TALK_MS } from './chapters.ts';
import { dinf, hdlr, MATRIX, mdhd, tkhd, udta } from './m4a.ts';

/** Bytes before the sound, always: four seconds of it. What the head does not need is a free box within `moov`. */
export const GROWING_HEAD_BYTES = 48 * 1024;
/** Entries of the index of places; each stands for one piece, or for several in a long recording. */
const MAX_REFERENCES = 2400;
/** What titles of chapters may take; the shortest talks are left out first. */
const MAX_UDTA_BYTES = 16 * 1024;
/** Samples of one AAC frame. */
const FRAME = 1024;
/** Depends on no other sample. */
const SYNC_SAMPLE = 0x02000000;
/** Begins with a sample that depends on no other (SAP type 1). */
const STARTS_WITH_SAP = 0x90000000;

/** What the head of a growing file tells. */
export interface GrowingInput {
  readonly title: string;
  readonly hosts: readonly string[];
  /** When it was recorded, ISO 8601. */
  readonly date: string;
  readonly init: Uint8Array;
  readonly chapters: readonly Chapter[];
  /** Of each piece: bytes of its fragments and how many these are. */
  readonly pieces: readonly { readonly bytes: number; readonly fragments: number }[];
}

/**
 * The head: `ftyp`, `moov` with a free box that makes up the fixed length, and an index of places (`sidx`).
 *
 * @throws RangeError when the init segment has no sample description.
 * Spec: ISO/IEC 14496-12, 8.8 and 8.16.3.
 */
export function growingHead(input: GrowingInput): Buffer {
  const ftyp = box('ftyp', Buffer.from('M4A '), u32(0x200), Buffer.from('M4A iso6mp41dash'));
  const group = Math.max(1, Math.ceil(input.pieces.length / MAX_REFERENCES));
  const references: Buffer[] = [];
  for (let from = 0; from < input.pieces.length; from += group) {
    const some = input.pieces.slice(from, from + group);
    const bytes = some.reduce((sum, piece) => sum + piece.bytes, 0);
    const fragments = some.reduce((sum, piece) => sum + piece.fragments, 0);
    references.push(u32(bytes, fragments * FRAGMENT_TICKS, STARTS_WITH_SAP));
  }
  const places = fullBox(
    'sidx',
    1,
    0,
    u32(1, TICKS_PER_SECOND),
    u64(0),
    u64(0),
    u16(0, references.length),
    ...references,
  );
  const used = ftyp.length + growingMoov(input, Buffer.alloc(0)).length + places.length;
  // Within `moov`, because an index of places counts from its own end (8.16.3, first_offset 0): nothing may stand
  // between it and the sound. Chromium plays it 2.2 s after it asked, at 60 kB/s, where it used to read all of it
  // first; e2e/foreign-players.test.ts seeks in it.
  const filling = box('free', Buffer.alloc(GROWING_HEAD_BYTES - used - 8));
  return Buffer.concat([ftyp, growingMoov(input, filling), places]);
}

function growingMoov(input: GrowingInput, filling: Buffer): Buffer {
  const stsd = findBox(input.init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  if (!stsd) throw new RangeError('the init segment has no sample description');
  const ticks = input.pieces.reduce((sum, piece) => sum + piece.fragments, 0) * FRAGMENT_TICKS;
  const mvhd = fullBox(
    'mvhd',
    1,
    0,
    Buffer.concat([u64(0), u64(0), u32(TICKS_PER_SECOND), u64(0)]),
    Buffer.concat([u32(0x00010000), u16(0x0100, 0), u32(0, 0), MATRIX, Buffer.alloc(24), u32(2)]),
  );
  const stbl = box(
    'stbl',
    Buffer.from(input.init.subarray(stsd.start, stsd.end)),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
  const media = box(
    'mdia',
    mdhd(TICKS_PER_SECOND, 0),
    hdlr('soun', 'SoundHandler'),
    box('minf', fullBox('smhd', 0, 0, u32(0)), dinf(), stbl),
  );
  const fragments = box(
    'mvex',
    fullBox('mehd', 1, 0, u64(ticks)),
    fullBox('trex', 0, 0, u32(1, 1, FRAME, 0, SYNC_SAMPLE)),
  );
  return box('moov', mvhd, box('trak', tkhd(1, 7, 0, 0x0100), media), fragments, fittingTags(input), filling);
}

function fittingTags({ title, hosts, date, chapters }: GrowingInput): Buffer {
  let kept = chapters;
  for (let least = MIN_TALK_MS * 2; ; least *= 2) {
    const tags = udta({ title, hosts, date, chapters: kept });
    if (tags.length <= MAX_UDTA_BYTES || kept.length === 0) return tags;
    kept = kept.filter(({ at }, index) => index === 0 || at - (kept[index - 1]?.at ?? 0) >= least);
  }
}

/**
 * The fragments of a piece from slot `start` on as they stand in the file: their number and time counted from its
 * beginning, of which `before` fragments are past, and `steps` louder.
 */
export function growingPiece(piece: Uint8Array, start: number, before: number, steps: number): Buffer {
  const places = wholeFragments(piece).filter(({ seq }) => seq >= start);
  const from = places[0]?.start ?? piece.length;
  // A copy: what was read may be shared.
  const bytes = Buffer.from(piece.subarray(from, places.at(-1)?.end ?? piece.length));
  for (const [index, place] of places.entries()) {
    const fragment = bytes.subarray(place.start - from, place.end - from);
    const mfhd = findBox(fragment, ['moof', 'mfhd']);
    const tfdt = findBox(fragment, ['moof', 'traf', 'tfdt']);
    if (mfhd) fragment.writeUInt32BE(before + index + 1, mfhd.body + 4);
    if (tfdt) fragment.writeBigUInt64BE(BigInt(before + index) * BigInt(FRAGMENT_TICKS), tfdt.body + 4);
    if (steps !== 0) louder(fragment, steps);
  }
  return bytes;
}

function louder(fragment: Buffer, steps: number): void {
  for (const frame of fragmentFrames(fragment)) frame.set(withGain(frame, steps));
}
