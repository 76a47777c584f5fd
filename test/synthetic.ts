/** Synthetic fragments, for tests that need valid boxes but no sound. */
import { FRAGMENT_TICKS } from '../src/base/time.ts';

/** A box around its content. */
export const syntheticBox = (type: string, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
};

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
};

/** A valid `moof`+`mdat` for slot `seq` that carries the given coded frames, all of the same duration. */
export function syntheticFragment(seq: number, frames: readonly Uint8Array[]): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seq) * BigInt(FRAGMENT_TICKS));
  const moof = (offset: number): Buffer =>
    syntheticBox(
      'moof',
      syntheticBox('mfhd', words(0, seq)),
      syntheticBox(
        'traf',
        syntheticBox('tfhd', words(0x020008, 1, FRAGMENT_TICKS / frames.length)),
        syntheticBox('tfdt', words(0x01000000), time),
        syntheticBox('trun', words(0x000201, frames.length, offset, ...frames.map((frame) => frame.length))),
      ),
    );
  return Buffer.concat([moof(moof(0).length + 8), syntheticBox('mdat', ...frames)]);
}

/** Frames whose bytes identify rendition and slot, so that a mix-up is detected; `count` of `size` bytes. */
export function markedFrames(rendition: string, seq: number, count = 16, size = 40): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.alloc(size, `${rendition}:${seq}:${index};`));
}

/** A fragment whose frames identify rendition and slot. */
export const markedFragment = (rendition: string, seq: number): Buffer =>
  syntheticFragment(seq, markedFrames(rendition, seq, rendition.startsWith('aac') ? 15 : 16));
