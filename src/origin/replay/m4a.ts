import { TICKS_PER_SECOND } from '../../base/time.ts';
import { box, fullBox, u16, u32, u64 } from '../../media/box-writer.ts';
import { findBox } from '../../media/boxes.ts';
import type { Chapter } from './chapters.ts';

/** Samples of one AAC frame. */
const FRAME = 1024;
/** The first frame has nothing to overlap with: players leave it out. Spec: ISO/IEC 14496-12, 8.6.6. */
const SKIPPED = FRAME;

/** What a seekable audio file is made of. */
export interface M4aInput {
  readonly title: string;
  /** Who held the conversation; may be empty. */
  readonly hosts: readonly string[];
  /** When it was recorded, ISO 8601. */
  readonly date: string;
  /** The rendition's init segment, whose sample description is taken over. */
  readonly init: Uint8Array;
  /** Of each run of frames that lie back to back in one read: how many, and their bytes. */
  readonly chunks: readonly { readonly frames: number; readonly bytes: number }[];
  readonly chapters: readonly Chapter[];
  /** What a player plays of the frames, ticks; default: all but the first frame. */
  readonly played?: { readonly from: number; readonly ticks: number };
  /** A PNG that players show. */
  readonly cover?: Uint8Array;
  /** A text about it. */
  readonly comment?: string;
}

/** Bytes of one entry of the table of frame sizes, which is left out of a head. */
export const BYTES_PER_SIZE = 4;

/**
 * Everything of an `.m4a` before its sound: `ftyp`, `moov` and the head of `mdat` with the chapter titles. Its largest
 * part, the table with the size of each frame (u32, big-endian), is not in it: it belongs between `before` and `after`. The
 * frames follow, back to back.
 *
 * @throws RangeError when the init segment has no sample description or the file would pass 4 GB.
 */
export function m4aHead(input: M4aInput): { before: Buffer; after: Buffer } {
  const titles = input.chapters.map(({ title }) => titleSample(title));
  const titleBytes = titles.reduce((sum, bytes) => sum + bytes.length, 0);
  const soundBytes = input.chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const table = input.chunks.reduce((sum, { frames }) => sum + frames, 0) * BYTES_PER_SIZE;
  const ftyp = box('ftyp', Buffer.from('M4A '), u32(0x200), Buffer.from('M4A isomiso2mp41'));
  const moovAt = (start: number): Buffer => moov(input, titles, start);
  const start = ftyp.length + moovAt(0).length + table + 8;
  if (start + titleBytes + soundBytes > 0xffffffff) throw new RangeError('the recording is larger than 4 GB');
  const mdat = Buffer.concat([u32(8 + titleBytes + soundBytes), Buffer.from('mdat')]);
  const head = moovAt(start);
  const cut = widen(head, table);
  return {
    before: Buffer.concat([ftyp, head.subarray(0, cut)]),
    after: Buffer.concat([head.subarray(cut), mdat, ...titles]),
  };
}

/** Makes room for the table that `stsz` announces in all boxes around it; where it belongs. */
function widen(head: Buffer, table: number): number {
  const way = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsz'];
  let end = 0;
  for (let depth = 1; depth <= way.length; depth++) {
    const found = findBox(head, way.slice(0, depth));
    if (!found) throw new RangeError('the head has no table of sizes');
    end = found.end;
  }
  for (let depth = way.length; depth >= 1; depth--) {
    const found = findBox(head, way.slice(0, depth));
    if (found) head.writeUInt32BE(found.end - found.start + table, found.start);
  }
  return end;
}

/** The ticks of sound that a player plays. Spec: ISO/IEC 14496-12, 8.6.6. */
const playedOf = ({ chunks, played }: M4aInput): { readonly from: number; readonly ticks: number } => {
  const ticks = chunks.reduce((sum, { frames }) => sum + frames, 0) * FRAME;
  return played ?? { from: SKIPPED, ticks: Math.max(0, ticks - SKIPPED) };
};

function moov(input: M4aInput, titles: readonly Buffer[], start: number): Buffer {
  const { ticks } = playedOf(input);
  const tracks = [soundTrack(input, start + titles.reduce((sum, bytes) => sum + bytes.length, 0))];
  if (titles.length > 0) tracks.push(chapterTrack(input.chapters, titles, ticks, start));
  const mvhd = fullBox(
    'mvhd',
    1,
    0,
    Buffer.concat([u64(0), u64(0), u32(TICKS_PER_SECOND), u64(ticks)]),
    Buffer.concat([u32(0x00010000), u16(0x0100, 0), u32(0, 0), MATRIX, Buffer.alloc(24), u32(3)]),
  );
  return box('moov', mvhd, ...tracks, udta(input));
}

/** The unity matrix of a track and a movie. */
export const MATRIX = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000);

/** A `tkhd` box. */
export const tkhd = (id: number, flags: number, ticks: number, volume: number): Buffer =>
  fullBox(
    'tkhd',
    1,
    flags,
    Buffer.concat([
      u64(0),
      u64(0),
      u32(id, 0),
      u64(ticks),
      u32(0, 0),
      u16(0, 0, volume, 0),
      MATRIX,
      u32(0, 0),
    ]),
  );

/** A `mdhd` box. */
export const mdhd = (scale: number, duration: number): Buffer =>
  fullBox('mdhd', 1, 0, Buffer.concat([u64(0), u64(0), u32(scale), u64(duration), u16(0x55c4, 0)]));

/** A `hdlr` box. */
export const hdlr = (type: string, name: string): Buffer =>
  fullBox('hdlr', 0, 0, u32(0), Buffer.from(type), u32(0, 0, 0), Buffer.from(`${name}\0`));

/** A `dinf` box. */
export const dinf = (): Buffer => box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));

function soundTrack(input: M4aInput, start: number): Buffer {
  const { init, chunks, chapters } = input;
  const { from, ticks } = playedOf(input);
  const stsd = findBox(init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  if (!stsd) throw new RangeError('the init segment has no sample description');
  let frames = 0;
  const offsets: number[] = [];
  const runs: number[] = [];
  let at = start;
  let perChunk = 0;
  for (const [index, chunk] of chunks.entries()) {
    offsets.push(at);
    if (chunk.frames !== perChunk) {
      perChunk = chunk.frames;
      runs.push(index + 1, perChunk, 1);
    }
    frames += chunk.frames;
    at += chunk.bytes;
  }
  const stbl = box(
    'stbl',
    Buffer.from(init.subarray(stsd.start, stsd.end)),
    fullBox('stts', 0, 0, u32(1, frames, FRAME)),
    fullBox('stsc', 0, 0, u32(runs.length / 3), u32Array(runs)),
    fullBox('stsz', 0, 0, u32(0, frames)),
    fullBox('stco', 0, 0, u32(offsets.length), u32Array(offsets)),
  );
  const parts = [
    tkhd(1, 7, ticks, 0x0100),
    box('edts', fullBox('elst', 1, 0, u32(1), u64(ticks), u64(from), u32(0x00010000))),
    ...(chapters.length > 0 ? [box('tref', box('chap', u32(2)))] : []),
    box(
      'mdia',
      mdhd(TICKS_PER_SECOND, frames * FRAME),
      hdlr('soun', 'SoundHandler'),
      box('minf', fullBox('smhd', 0, 0, u32(0)), dinf(), stbl),
    ),
  ];
  return box('trak', ...parts);
}

const u32Array = (values: readonly number[]): Buffer => {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (let index = 0; index < values.length; index++) bytes.writeUInt32BE(values[index] ?? 0, index * 4);
  return bytes;
};

/**
 * A chapter title as a sample of a text track: length, UTF-8, encoding mark. Spec: QuickTime File Format, Text media.
 */
const titleSample = (title: string): Buffer => {
  const text = clip(title);
  return Buffer.concat([u16(text.length), text, u32(12), Buffer.from('encd'), u32(0x100)]);
};

/** At most 255 bytes, cut between characters. */
function clip(title: string): Buffer {
  let text = title;
  while (Buffer.byteLength(text) > 255) text = [...text].slice(0, -1).join('');
  return Buffer.from(text);
}

const TEXT_HEADER = Buffer.concat([
  fullBox('gmin', 0, 0, u16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
  box('text', u16(1), u32(0, 0, 0, 1, 0, 0, 0, 0x4000), u16(0)),
]);
const TEXT_ENTRY = Buffer.concat([
  Buffer.alloc(6),
  u16(1),
  u32(1),
  Buffer.alloc(14),
  Buffer.concat([u16(0, 0, 1), Buffer.alloc(6)]),
  box('ftab', u16(1, 1), Buffer.alloc(1)),
]);

function chapterTrack(
  chapters: readonly Chapter[],
  titles: readonly Buffer[],
  ticks: number,
  start: number,
): Buffer {
  const total = Math.round((ticks / TICKS_PER_SECOND) * 1000);
  const durations = chapters.map(({ at }, index) => Math.max(0, (chapters[index + 1]?.at ?? total) - at));
  let at = start;
  const offsets = titles.map((bytes) => {
    at += bytes.length;
    return at - bytes.length;
  });
  const stbl = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), box('text', TEXT_ENTRY)),
    fullBox(
      'stts',
      0,
      0,
      u32(durations.length),
      u32Array(durations.flatMap((duration) => [1, Math.round(duration)])),
    ),
    fullBox('stsc', 0, 0, u32(1, 1, 1, 1)),
    fullBox('stsz', 0, 0, u32(0, titles.length), u32Array(titles.map((bytes) => bytes.length))),
    fullBox('stco', 0, 0, u32(offsets.length), u32Array(offsets)),
  );
  return box(
    'trak',
    tkhd(2, 0, ticks, 0),
    box(
      'mdia',
      mdhd(1000, total),
      hdlr('text', 'Chapters'),
      box('minf', box('gmhd', TEXT_HEADER), dinf(), stbl),
    ),
  );
}

/** Title, date, and the chapters a second time: in the list that Nero made and most players read. */
export function udta(input: Omit<M4aInput, 'init' | 'chunks'>): Buffer {
  const { title, hosts, date, chapters, cover, comment } = input;
  const item = (type: string, value: string | Uint8Array): Buffer => {
    // Kinds of values: UTF-8 and PNG. Spec: QuickTime File Format, Well-known types.
    const head = u32(typeof value === 'string' ? 1 : 14, 0);
    return box(type, box('data', head, Buffer.from(value as string)));
  };
  const meta = fullBox(
    'meta',
    0,
    0,
    fullBox('hdlr', 0, 0, u32(0), Buffer.from('mdirappl'), u32(0, 0), Buffer.alloc(1)),
    box(
      'ilst',
      item('\u00a9nam', title),
      ...(hosts.length > 0 ? [item('\u00a9ART', hosts.join(', '))] : []),
      item('\u00a9day', date),
      item('\u00a9too', 'Earshot'),
      ...(comment ? [item('\u00a9cmt', comment)] : []),
      ...(cover ? [item('covr', cover)] : []),
    ),
  );
  if (chapters.length === 0) return box('udta', meta);
  const entries = chapters.flatMap((chapter) => {
    const text = clip(chapter.title);
    return [u64(chapter.at * 10_000), Buffer.from([text.length]), text];
  });
  return box('udta', meta, fullBox('chpl', 1, 0, u32(0), Buffer.from([chapters.length]), ...entries));
}
