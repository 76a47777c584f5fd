/** The boxes of one fragmented track. Spec: ISO/IEC 14496-12; Opus in ISOBMFF 0.6.8; ISO/IEC 14496-14 for `mp4a`. */
import type { Codec } from '../base/media.ts';
import { FRAGMENT_TICKS, TICKS_PER_SECOND } from '../base/time.ts';
import { box, fullBox, u16, u32 } from '../media/box-writer.ts';
import { PRIMING } from '../media/priming.ts';
import { AAC_CONFIG, AAC_FRAME_TICKS } from './aac.ts';

/** `version` 0 and `flags`, then 32-bit fields. */
const full = (type: string, flags: number, ...content: Uint8Array[]): Buffer =>
  fullBox(type, 0, flags, ...content);

/** Ticks of one sample (coded frame) of a codec that fMP4 carries. */
const SAMPLE_TICKS = { opus: 960, aac: AAC_FRAME_TICKS } as const;
/** Samples in one fragment of a codec that fMP4 carries. */
export const SAMPLES_PER_FRAGMENT = {
  opus: FRAGMENT_TICKS / SAMPLE_TICKS.opus,
  aac: FRAGMENT_TICKS / SAMPLE_TICKS.aac,
} as const;
/** Sample flags: depends on no other sample. */
const SYNC_SAMPLE = 0x02000000;
const IDENTITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** `ftyp`+`moov`, the same bytes for every rendition of a codec. @throws RangeError for MP3. */
export function fmp4Init(codec: Codec): Buffer {
  if (codec === 'mp3') throw new RangeError('MP3 is not carried in fMP4');
  const media = box(
    'mdia',
    full('mdhd', 0, u32(0, 0, TICKS_PER_SECOND, 0), u16(0x55c4), u16(0)),
    full('hdlr', 0, u32(0), Buffer.from('soun'), Buffer.alloc(12), Buffer.from('Earshot\0')),
    box(
      'minf',
      full('smhd', 0, u32(0)),
      box('dinf', full('dref', 0, u32(1), full('url ', 1))),
      box(
        'stbl',
        full('stsd', 0, u32(1), codec === 'opus' ? opusEntry() : aacEntry()),
        full('stts', 0, u32(0)),
        full('stsc', 0, u32(0)),
        full('stsz', 0, u32(0, 0)),
        full('stco', 0, u32(0)),
      ),
    ),
  );
  return Buffer.concat([
    box('ftyp', Buffer.from('iso6'), u32(0), Buffer.from('iso6cmfcmp41')),
    box(
      'moov',
      full(
        'mvhd',
        0,
        u32(0, 0, 1000, 0, 0x10000),
        u16(0x100),
        Buffer.alloc(10),
        IDENTITY,
        Buffer.alloc(24),
        u32(2),
      ),
      box(
        'trak',
        full('tkhd', 7, u32(0, 0, 1, 0, 0, 0, 0, 0), u16(0x100), u16(0), IDENTITY, u32(0, 0)),
        media,
      ),
      box('mvex', full('trex', 0, u32(1, 1, SAMPLE_TICKS[codec], 0, SYNC_SAMPLE))),
    ),
  ]);
}

const soundEntry = (type: string, channels: number, config: Uint8Array): Buffer =>
  box(
    type,
    Buffer.alloc(6),
    u16(1),
    u32(0, 0),
    u16(channels),
    u16(16),
    u32(0),
    u32(TICKS_PER_SECOND * 0x10000),
    config,
  );

function opusEntry(): Buffer {
  const dOps = box('dOps', Buffer.of(0, 2), u16(PRIMING.opus), u32(TICKS_PER_SECOND), u16(0), Buffer.of(0));
  return soundEntry('Opus', 2, dOps);
}

/** Bitrates are 0 (unknown), so that all renditions share the same bytes. Spec: ISO/IEC 14496-1, 7.2.6.5. */
function aacEntry(): Buffer {
  const descriptor = (tag: number, ...content: Uint8Array[]): Buffer => {
    const body = Buffer.concat(content);
    return Buffer.concat([Buffer.of(tag, body.length), body]);
  };
  const decoder = descriptor(4, Buffer.of(0x40, 0x15, 0, 0, 0), u32(0, 0), descriptor(5, AAC_CONFIG));
  return soundEntry(
    'mp4a',
    1,
    full('esds', 0, descriptor(3, Buffer.of(0, 1, 0), decoder, descriptor(6, Buffer.of(2)))),
  );
}

/**
 * `moof`+`mdat` of one fragment. `tfdt` is `seq` × 15,360, `mfhd` is `seq`; durations and flags are in `trex`.
 * `fragmentFrames` of `src/media/boxes.ts` reads it.
 */
export function fmp4Fragment(seq: number, samples: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const moofBytes = 88 + 4 * samples.length;
  const bytes = new Uint8Array(moofBytes + 8 + samples.reduce((sum, sample) => sum + sample.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (...values: number[]): void => {
    for (const value of values) {
      view.setUint32(at, value);
      at += 4;
    }
  };
  put(moofBytes, 0x6d6f6f66, 16, 0x6d666864, 0, seq); // moof, mfhd
  put(moofBytes - 24, 0x74726166, 16, 0x74666864, 0x020000, 1); // traf, tfhd: default-base-is-moof
  put(20, 0x74666474, 0x01000000); // tfdt, 64 bit
  view.setBigUint64(at, BigInt(seq) * BigInt(FRAGMENT_TICKS));
  at += 8;
  put(20 + 4 * samples.length, 0x7472756e, 0x000201, samples.length, moofBytes + 8); // trun: offset, sizes
  for (const sample of samples) put(sample.length);
  put(bytes.length - moofBytes, 0x6d646174); // mdat
  for (const sample of samples) {
    bytes.set(sample, at);
    at += sample.length;
  }
  return bytes;
}
