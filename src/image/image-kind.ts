/** What an image is by its bytes, and how large it says it is. Pixels are not looked at. */
export interface ImageKind {
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly width: number;
  readonly height: number;
  /** 16 bits for each colour. */
  readonly deep: boolean;
  /** How it is to be turned, 1 to 8; 1: not at all. Spec: Exif 3.0, 4.6.5.1. */
  readonly orientation: number;
}

/** Why a file is no image that is taken here. */
export type ImageKindFault = 'no-image' | 'gif' | 'other-format' | 'broken';

const ascii = (bytes: Buffer, at: number, length: number): string =>
  bytes.toString('latin1', at, at + length);

/** Most marker segments or chunks that are stepped over. */
const MOST_STEPS = 4_096;

/** The first bytes of TIFF, in both orders, and of ICO. */
const OTHER_FORMATS: ReadonlySet<string> = new Set(['49492a00', '4d4d002a', '00000100']);

/** Reads what an image is; its name and type, as they were sent, count for nothing. */
export function imageKindOf(bytes: Buffer): ImageKind | ImageKindFault {
  try {
    if (bytes.length < 16) return 'no-image';
    if (bytes.readUInt16BE(0) === 0xff_d8 && bytes[2] === 0xff) return jpegKind(bytes);
    if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return pngKind(bytes);
    if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return webpKind(bytes);
    if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'gif';
    if (ascii(bytes, 4, 4) === 'ftyp') return 'other-format';
    if (OTHER_FORMATS.has(bytes.toString('hex', 0, 4)) || ascii(bytes, 0, 2) === 'BM') return 'other-format';
    return /^\s*(?:<\?xml|<svg|<!DOCTYPE svg)/i.test(ascii(bytes, 0, 256)) ? 'other-format' : 'no-image';
  } catch (error) {
    if (error instanceof RangeError) return 'broken';
    throw error;
  }
}

const JPEG_END = Buffer.from([0xff, 0xd9]);

/** Spec: ITU-T T.81, B.2. */
function jpegKind(bytes: Buffer): ImageKind | ImageKindFault {
  let orientation = 1;
  let at = 2;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    // A marker may have fill bytes before it.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    if (bytes.readUInt8(at) !== 0xff) return 'broken';
    const marker = bytes.readUInt8(at + 1);
    const length = bytes.readUInt16BE(at + 2);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      // A decoder would fill with grey what did not arrive.
      if (bytes.lastIndexOf(JPEG_END) < at) return 'broken';
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      return { ...{ format: 'jpeg', width, height, orientation }, deep: bytes.readUInt8(at + 4) > 8 };
    }
    if (marker === 0xda || marker === 0xd9 || length < 2) return 'broken';
    if (marker === 0xe1 && ascii(bytes, at + 4, 6) === 'Exif\0\0')
      orientation = orientationOf(bytes.subarray(at + 10, at + 2 + length));
    at += 2 + length;
  }
  return 'broken';
}

/** Spec: PNG 3, 11.2.1 and 11.3.4.5 (eXIf). */
function pngKind(bytes: Buffer): ImageKind | ImageKindFault {
  if (ascii(bytes, 12, 4) !== 'IHDR') return 'broken';
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  let orientation = 1;
  let at = 8;
  for (let step = 0; step < MOST_STEPS && at + 8 <= bytes.length; step += 1) {
    const length = bytes.readUInt32BE(at);
    const name = ascii(bytes, at + 4, 4);
    if (name === 'IDAT') break;
    if (name === 'eXIf') orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return { ...{ format: 'png', width, height, orientation }, deep: bytes.readUInt8(24) > 8 };
}

/** Spec: RFC 9649, 2.3 to 2.7. */
function webpKind(bytes: Buffer): ImageKind | ImageKindFault {
  const size = webpSize(bytes);
  if (!size) return 'broken';
  let orientation = 1;
  let at = 12;
  for (let step = 0; step < MOST_STEPS && at + 8 <= bytes.length; step += 1) {
    const length = bytes.readUInt32LE(at + 4);
    // Some writers begin with the mark that JPEG has.
    if (ascii(bytes, at, 4) === 'EXIF') {
      const exif = bytes.subarray(at + 8, at + 8 + length);
      orientation = orientationOf(ascii(exif, 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif);
    }
    at += 8 + length + (length % 2);
  }
  return { ...{ format: 'webp', orientation, deep: false }, ...size };
}

function webpSize(bytes: Buffer): { width: number; height: number } | undefined {
  const name = ascii(bytes, 12, 4);
  if (name === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (name === 'VP8 ')
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  if (name !== 'VP8L' || bytes.readUInt8(20) !== 0x2f) return undefined;
  const bits = bytes.readUInt32LE(21);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** The orientation in a block of Exif data; 1 where it has none, or none that can be read. Spec: TIFF 6.0, 2. */
function orientationOf(tiff: Buffer): number {
  const order = ascii(tiff, 0, 2);
  if (tiff.length < 14 || (order !== 'II' && order !== 'MM')) return 1;
  const two = (at: number): number =>
    at + 2 > tiff.length ? 0 : order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const first = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = Math.min(two(first), 512);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = first + 2 + entry * 12;
    if (two(at) !== 0x01_12) continue;
    const value = two(at + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
