import { TICKS_PER_SECOND } from '../base/time.ts';
import { box, fullBox, u16, u32, u64 } from '../wire/box-writer.ts';
import { findBox } from '../wire/boxes.ts';
import type { Chapter } from './chapters.ts';

/** Samples of one AAC frame. */
const FRAME = 1024;
/** The first frame has nothing to overlap with: players leave it out. Spec: ISO/IEC 14496-12, 8.6.6. */
const SKIPPED = FRAME;

/** What a seekable audio file is made of. */
export interface M4aInput {
  readonly title: string;
  /** When it was recorded, ISO 8601. */
  readonly date: string;
  /** The rendition's init segment, whose sample description is taken over. */
  readonly init: Uint8Array;
  /** Sizes in bytes of the frames of each fragment, in order. */
  readonly fragments: readonly Uint16Array[];
  readonly chapters: readonly Chapter[];
}

/**
 * Everything of an `.m4a` before its sound: `ftyp`, `moov` and the head of `mdat` with the chapter titles. The
 * fragments' frames follow, back to back.
 *
 * @throws RangeError when the init segment has no sample description or the file would pass 4 GB.
 */
export function m4aHead(input: M4aInput): Buffer {
  const titles = input.chapters.map(({ title }) => titleSample(title));
  const titleBytes = titles.reduce((sum, bytes) => sum + bytes.length, 0);
  const soundBytes = input.fragments.reduce((sum, sizes) => sum + sizes.reduce((a, b) => a + b, 0), 0);
  const ftyp = box('ftyp', Buffer.from('M4A '), u32(0x200), Buffer.from('M4A isomiso2mp41'));
  const moovAt = (start: number): Buffer => moov(input, titles, start);
  const start = ftyp.length + moovAt(0).length + 8;
  if (start + titleBytes + soundBytes > 0xffffffff) throw new RangeError('the recording is larger than 4 GB');
  const mdat = Buffer.concat([u32(8 + titleBytes + soundBytes), Buffer.from('mdat')]);
  return Buffer.concat([ftyp, moovAt(start), mdat, ...titles]);
}

/** Ticks of sound that a player plays. */
const playedTicks = (fragments: readonly Uint16Array[]): number =>
  Math.max(0, fragments.reduce((sum, sizes) => sum + sizes.length, 0) * FRAME - SKIPPED);

function moov(input: M4aInput, titles: readonly Buffer[], start: number): Buffer {
  const ticks = playedTicks(input.fragments);
  const tracks = [soundTrack(input, ticks, start + titles.reduce((sum, bytes) => sum + bytes.length, 0))];
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

const MATRIX = u32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000);

const tkhd = (id: number, flags: number, ticks: number, volume: number): Buffer =>
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

const mdhd = (scale: number, duration: number): Buffer =>
  fullBox('mdhd', 1, 0, Buffer.concat([u64(0), u64(0), u32(scale), u64(duration), u16(0x55c4, 0)]));

const hdlr = (type: string, name: string): Buffer =>
  fullBox('hdlr', 0, 0, u32(0), Buffer.from(type), u32(0, 0, 0), Buffer.from(`${name}\0`));

const dinf = (): Buffer => box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));

function soundTrack({ init, fragments, chapters }: M4aInput, ticks: number, start: number): Buffer {
  const stsd = findBox(init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']);
  if (!stsd) throw new RangeError('the init segment has no sample description');
  const frames = fragments.reduce((sum, sizes) => sum + sizes.length, 0);
  const sizes: number[] = [];
  const offsets: number[] = [];
  const runs: number[] = [];
  let at = start;
  let perChunk = 0;
  for (const [index, fragment] of fragments.entries()) {
    offsets.push(at);
    if (fragment.length !== perChunk) {
      perChunk = fragment.length;
      runs.push(index + 1, perChunk, 1);
    }
    for (const size of fragment) {
      sizes.push(size);
      at += size;
    }
  }
  const stbl = box(
    'stbl',
    Buffer.from(init.subarray(stsd.start, stsd.end)),
    fullBox('stts', 0, 0, u32(1, frames, FRAME)),
    fullBox('stsc', 0, 0, u32(runs.length / 3, ...runs)),
    fullBox('stsz', 0, 0, u32(0, frames), u32Array(sizes)),
    fullBox('stco', 0, 0, u32(offsets.length), u32Array(offsets)),
  );
  const parts = [
    tkhd(1, 7, ticks, 0x0100),
    box('edts', fullBox('elst', 1, 0, u32(1), u64(ticks), u64(SKIPPED), u32(0x00010000))),
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

/** A chapter title as a sample of a text track: length, UTF-8, encoding mark. Spec: QuickTime File Format, Text media. */
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
function udta({ title, date, chapters }: M4aInput): Buffer {
  const item = (type: string, text: string): Buffer => {
    const head = Buffer.concat([u32(1), u32(0)]);
    return box(type, box('data', head, Buffer.from(text)));
  };
  const meta = fullBox(
    'meta',
    0,
    0,
    fullBox('hdlr', 0, 0, u32(0), Buffer.from('mdirappl'), u32(0, 0), Buffer.alloc(1)),
    box('ilst', item('\u00a9nam', title), item('\u00a9day', date), item('\u00a9too', 'Earshot')),
  );
  if (chapters.length === 0) return box('udta', meta);
  const entries = chapters.flatMap((chapter) => {
    const text = clip(chapter.title);
    return [u64(chapter.at * 10_000), Buffer.from([text.length]), text];
  });
  return box('udta', meta, fullBox('chpl', 1, 0, u32(0), Buffer.from([chapters.length]), ...entries));
}
