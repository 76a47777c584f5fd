/** Images for tests, made of nothing: so no file has to be trusted, and each test says what is in its own. */
import { crc32, deflateSync } from 'node:zlib';
import { Transformer } from '@napi-rs/image';

/** Pixels with a slope of colours from left to right, and red in the left upper corner. */
function pixels(width: number, height: number): Buffer {
  const all = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const corner = x < width / 4 && y < height / 4;
      all[4 * (y * width + x)] = corner ? 255 : 20;
      all[4 * (y * width + x) + 1] = corner ? 0 : Math.floor((255 * x) / width);
      all[4 * (y * width + x) + 2] = corner ? 0 : 120;
    }
  return all;
}

const drawn = (width: number, height: number): Transformer =>
  Transformer.fromRgbaPixels(pixels(width, height), width, height);

/** A PNG file. */
export const pngOf = (width: number, height: number): Buffer => drawn(width, height).pngSync();
/** A WebP file. */
export const webpOf = (width: number, height: number): Buffer => drawn(width, height).webpSync(80);
/** A JPEG file without metadata. */
export const jpegOf = (width: number, height: number): Buffer => drawn(width, height).jpegSync(85);

/** One chunk of a PNG file. Spec: PNG 3, 5.3. */
function chunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(name, 4, 'latin1');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])));
  return Buffer.concat([head, data, sum]);
}

/** A PNG file that says it is so large, with data that unpacks to as many zeros as `bytes`. */
export function pngSaying(width: number, height: number, bytes: number, depth = 8): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([depth, 2], 8);
  const data = deflateSync(Buffer.alloc(bytes), { level: 9 });
  const start = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([start, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** A block of Exif data with an orientation, an artist, and a place: 48° 51′ N, 2° 21′ E. Spec: Exif 3.0, 4.6. */
export function exifOf(orientation: number): Buffer {
  const tiff = Buffer.alloc(256);
  tiff.write('MM', 0, 'latin1');
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number): void => {
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(type, at + 2);
    tiff.writeUInt32BE(count, at + 4);
    if (type === 3) tiff.writeUInt16BE(value, at + 8);
    else tiff.writeUInt32BE(value, at + 8);
  };
  tiff.writeUInt16BE(3, 8);
  entry(10, 0x0112, 3, 1, orientation);
  entry(22, 0x013b, 2, 12, 130);
  entry(34, 0x8825, 4, 1, 60);
  tiff.write('Ana Exampla\0', 130, 'latin1');
  tiff.writeUInt16BE(4, 60);
  entry(62, 1, 2, 2, 0x4e_00_00_00);
  entry(74, 2, 5, 3, 150);
  entry(86, 3, 2, 2, 0x45_00_00_00);
  entry(98, 4, 5, 3, 174);
  for (const [at, value] of [48, 51, 24, 2, 21, 3].entries()) {
    tiff.writeUInt32BE(value, 150 + 8 * at);
    tiff.writeUInt32BE(1, 154 + 8 * at);
  }
  return tiff;
}

/** A JPEG file with what a camera writes into it: Exif with a place, XMP, a comment. */
export function photoOf(width: number, height: number, orientation = 1): Buffer {
  const jpeg = jpegOf(width, height);
  const segment = (marker: number, data: Buffer): Buffer => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const xmp =
    'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Ana Exampla"/></rdf:RDF></x:xmpmeta>';
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifOf(orientation)])),
    segment(0xe1, Buffer.from(xmp, 'latin1')),
    segment(0xfe, Buffer.from('Rue Exampla 5')),
    jpeg.subarray(2),
  ]);
}

/** A GIF file with so many frames, of one pixel each. Spec: GIF89a. */
export function gifOf(frames: number): Buffer {
  const head = Buffer.from('474946383961010001008000000000 00ffffff'.replaceAll(' ', ''), 'hex');
  const frame = Buffer.from('2c000000000100010000024401003b'.slice(0, 28), 'hex');
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A WebP file of two frames. Spec: RFC 9649, 2.7. */
export function movingWebp(width: number, height: number): Buffer {
  const piece = (name: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name, 0, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x02;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const still = webpOf(width, height).subarray(12);
  const frame = Buffer.alloc(16);
  frame.writeUIntLE(width - 1, 6, 3);
  frame.writeUIntLE(height - 1, 9, 3);
  frame.writeUIntLE(100, 12, 3);
  const one = piece('ANMF', Buffer.concat([frame, still]));
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    piece('VP8X', canvas),
    piece('ANIM', Buffer.alloc(6)),
    one,
    one,
  ]);
  return piece('RIFF', body);
}
