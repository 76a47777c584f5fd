/** Where a fragment says which slot of the grid it fills, and how to move it to another one. */
import type { Container } from '../base/media.ts';
import { FRAGMENT_TICKS } from '../base/time.ts';

/**
 * A copy of one fragment that fills slot `seq` (0 to 2³² − 1) instead of its own: `mfhd` and `tfdt` in fMP4;
 * page number, granule position and checksum in Ogg. ADTS and MPEG frames carry no time and come back as they are.
 *
 * The given bytes are never changed.
 * @throws RangeError when the bytes are not one fragment of that container.
 * Spec: ISO/IEC 14496-12, 8.8.5 and 8.8.12; RFC 3533, 6; RFC 7845, 4.
 */
export function retime(container: Container, bytes: Uint8Array, seq: number): Buffer {
  if (container === 'fmp4') return retimeFmp4(bytes, seq);
  if (container === 'ogg') return retimeOgg(bytes, seq);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const MOOF = 0x6d6f6f66;
const MFHD = 0x6d666864;
const TRAF = 0x74726166;
const TFDT = 0x74666474;

function retimeFmp4(bytes: Uint8Array, seq: number): Buffer {
  const copy = Buffer.from(bytes);
  const moof = child(copy, 0, copy.length, MOOF);
  const mfhd = child(copy, moof.start, moof.end, MFHD);
  const traf = child(copy, moof.start, moof.end, TRAF);
  const tfdt = child(copy, traf.start, traf.end, TFDT);
  if (mfhd.end - mfhd.start < 8 || tfdt.end - tfdt.start < 12 || copy[tfdt.start] !== 1) {
    throw new RangeError('mfhd or tfdt is not of the form that Earshot writes');
  }
  copy.writeUInt32BE(seq, mfhd.start + 4);
  copy.writeBigUInt64BE(BigInt(seq) * BigInt(FRAGMENT_TICKS), tfdt.start + 4);
  return copy;
}

/** The content of the first box of this type between two offsets. */
function child(copy: Buffer, from: number, to: number, type: number): { start: number; end: number } {
  for (let at = from; at + 8 <= to; ) {
    const size = copy.readUInt32BE(at);
    if (size < 8 || at + size > to) break;
    if (copy.readUInt32BE(at + 4) === type) return { start: at + 8, end: at + size };
    at += size;
  }
  throw new RangeError('not a moof+mdat fragment');
}

/** Ogg pages before the first fragment: OpusHead and OpusTags. */
const OGG_HEADER_PAGES = 2;

function retimeOgg(bytes: Uint8Array, seq: number): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length < 27 || copy.readUInt32BE(0) !== 0x4f676753) throw new RangeError('not an Ogg page');
  copy.writeBigUInt64LE(BigInt(seq + 1) * BigInt(FRAGMENT_TICKS), 6);
  copy.writeUInt32LE((seq + OGG_HEADER_PAGES) >>> 0, 18);
  return sealOggPage(copy);
}

/** Writes the checksum of one whole Ogg page into it. Spec: RFC 3533, 6, field 8. */
export function sealOggPage(page: Buffer): Buffer {
  page.writeUInt32LE(0, 22);
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    crc = ((crc << 8) ^ (CRC[((crc >>> 24) ^ (page[i] ?? 0)) & 0xff] ?? 0)) >>> 0;
  }
  page.writeUInt32LE(crc, 22);
  return page;
}

/** CRC-32 with generator 0x04c11db7, not reflected. */
const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});
