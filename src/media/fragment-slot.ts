/** Reads and changes the position of a fragment on the grid of slots. */
import type { Container } from '../base/media.ts';
import { FRAGMENT_TICKS } from '../base/time.ts';
import { findBox } from './boxes.ts';

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

function retimeFmp4(bytes: Uint8Array, seq: number): Buffer {
  const copy = Buffer.from(bytes);
  const mfhd = findBox(copy, ['moof', 'mfhd']);
  const tfdt = findBox(copy, ['moof', 'traf', 'tfdt']);
  if (!mfhd || !tfdt || mfhd.end - mfhd.body < 8 || tfdt.end - tfdt.body < 12 || copy[tfdt.body] !== 1) {
    throw new RangeError('not a moof+mdat fragment of the form that Earshot writes');
  }
  copy.writeUInt32BE(seq, mfhd.body + 4);
  copy.writeBigUInt64BE(BigInt(seq) * BigInt(FRAGMENT_TICKS), tfdt.body + 4);
  return copy;
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
export function sealOggPage<T extends Buffer>(page: T): T {
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
