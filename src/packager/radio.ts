/** Framing for players that take one endless file: ADTS, Ogg, bare MPEG frames. */
import { FRAGMENT_TICKS, TICKS_PER_SECOND } from '../base/time.ts';
import { sealOggPage } from '../media/fragment-slot.ts';
import { PRIMING } from '../media/priming.ts';

/** AAC frames with a 7-byte header each: AAC-LC, 48 kHz, one channel. Spec: ISO/IEC 14496-3, 1.A.2.2. */
export function adtsFragment(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length + 7, 0));
  let at = 0;
  for (const frame of frames) {
    const length = frame.length + 7;
    if (length > 0x1fff) throw new RangeError('the AAC frame is too long for ADTS');
    bytes.set(
      [0xff, 0xf1, 0x4c, 0x40 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc],
      at,
    );
    bytes.set(frame, at + 7);
    at += length;
  }
  return bytes;
}

/** MPEG frames one after the other. */
export function mpegFragment(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}

/** The same for every program, so that a listener who comes back after a restart continues the same logical stream. */
const SERIAL = 0x45617273;
const BEGIN = 2;

/** OpusHead and OpusTags, a page each. Spec: RFC 7845, 5. */
export function oggInit(): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head[8] = 1;
  head[9] = 2;
  head.writeUInt16LE(PRIMING.opus, 10);
  head.writeUInt32LE(TICKS_PER_SECOND, 12);
  const tags = Buffer.from('OpusTags\x07\0\0\0Earshot\0\0\0\0', 'latin1');
  return Buffer.concat([oggPage(BEGIN, 0n, 0, [head]), oggPage(0, 0n, 1, [tags])]);
}

/**
 * One page with the sixteen Opus packets of a fragment. The granule position counts from the start of the program, so
 * the first page that a listener gets begins later than 0. Spec: RFC 7845, 4.5.
 */
export function oggFragment(seq: number, packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return oggPage(0, BigInt(seq + 1) * BigInt(FRAGMENT_TICKS), seq + 2, packets);
}

function oggPage(
  flags: number,
  granule: bigint,
  number: number,
  packets: readonly Uint8Array[],
): Buffer<ArrayBuffer> {
  const lacing: number[] = [];
  for (const { length } of packets) {
    for (let rest = length; rest >= 255; rest -= 255) lacing.push(255);
    lacing.push(length % 255);
  }
  if (lacing.length > 255) throw new RangeError('the packets do not fit in one Ogg page');
  const size = 27 + lacing.length + packets.reduce((sum, packet) => sum + packet.length, 0);
  const page = Buffer.from(new ArrayBuffer(size));
  page.write('OggS', 'latin1');
  page[5] = flags;
  page.writeBigUInt64LE(granule, 6);
  page.writeUInt32LE(SERIAL, 14);
  page.writeUInt32LE(number >>> 0, 18);
  page[26] = lacing.length;
  page.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const packet of packets) {
    page.set(packet, at);
    at += packet.length;
  }
  return sealOggPage(page);
}
