import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Transformer } from '@napi-rs/image';
import { load } from 'exifreader';
import { describe, expect, test } from 'vitest';
import {
  exifOf,
  gifOf,
  jpegOf,
  movingWebp,
  photoOf,
  pngOf,
  pngSaying,
  webpOf,
} from '../../test/images/made-images.ts';
import { systemClock } from '../base/clock.ts';
import { imageKindOf } from './image-kind.ts';
import { MOST_PIXELS } from './image-size.ts';
import { type MadeImage, orderFor, reEncode } from './re-encoding.ts';

const options = { clock: systemClock };
const made = async (bytes: Buffer, use: 'post' | 'avatar' = 'post'): Promise<MadeImage> => {
  const image = await reEncode(bytes, use, options);
  if (typeof image === 'string') throw new Error(image);
  return image;
};
const pixel = (bytes: Buffer, x: number, y: number): number[] => {
  const { width } = new Transformer(bytes).metadataSync();
  const all = new Transformer(bytes).rawPixelsSync();
  const channels = all.length / width / new Transformer(bytes).metadataSync().height;
  return [...all.subarray(channels * (y * width + x), channels * (y * width + x) + 3)];
};
const isRed = ([red = 0, green = 0]: number[]): boolean => red > 180 && green < 80;

describe('what an image becomes', () => {
  test('a photo becomes WebP in several sizes, none larger than it was', async () => {
    const { width, height, files } = await made(jpegOf(2_000, 1_000));
    expect([width, height]).toEqual([1_600, 800]);
    expect(files.map(({ side }) => side)).toEqual([1_600, 800, 480]);
    for (const { side, bytes } of files) {
      const { format, width: wide } = new Transformer(bytes).metadataSync();
      expect([format, wide]).toEqual(['webp', side]);
    }
    const small = await made(pngOf(100, 60));
    expect([small.width, small.height, small.files.length]).toEqual([100, 60, 1]);
  });

  test('a picture of somebody becomes a square in three sizes', async () => {
    const { files } = await made(webpOf(500, 300), 'avatar');
    const sizes = files.map(({ bytes }) => new Transformer(bytes).metadataSync());
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [400, 400],
      [96, 96],
      [48, 48],
    ]);
  });

  test('it is turned as its camera says, and the red corner is where a viewer would show it', async () => {
    const corners: Record<number, [x: number, y: number]> = {
      ...{ 1: [5, 5], 2: [195, 5], 3: [195, 95], 4: [5, 95] },
      ...{ 5: [5, 5], 6: [95, 5], 7: [95, 195], 8: [5, 195] },
    };
    for (const [orientation, [x, y]] of Object.entries(corners)) {
      const { width, height, files } = await made(photoOf(200, 100, Number(orientation)));
      expect([width, height]).toEqual(Number(orientation) > 4 ? [100, 200] : [200, 100]);
      expect(isRed(pixel(files[0]?.bytes ?? Buffer.alloc(0), x, y)), orientation).toBe(true);
    }
  }, 60_000);

  test('nothing that a camera wrote is left, and nothing that somebody hung on', async () => {
    const photo = photoOf(300, 200, 6);
    // What is looked for is there, and is found where it is.
    expect(load(photo, { expanded: true }).gps).toMatchObject({ Latitude: 48 + 51 / 60 + 24 / 3_600 });
    const zip = Buffer.concat([photo, Buffer.from('PK\x03\x04evil.zip')]);
    const html = Buffer.concat([pngOf(300, 200), Buffer.from('<script>alert(1)</script>')]);
    for (const file of [photo, zip, html]) {
      const { files } = await made(file);
      for (const { bytes } of files) {
        const { gps, exif, xmp, icc } = load(bytes, { expanded: true });
        expect([gps, exif, xmp, icc]).toEqual([undefined, undefined, undefined, undefined]);
        expect(bytes.toString('latin1')).not.toMatch(/Exampla|Exif|PK..evil|<script|xmpmeta/);
        expect(bytes.readUInt32LE(4) + 8).toBe(bytes.length);
      }
    }
  });

  test('the same file is the same image, and another is another', async () => {
    const [one, again, other] = await Promise.all([
      made(jpegOf(90, 60)),
      made(jpegOf(90, 60)),
      made(jpegOf(91, 60)),
    ]);
    expect(one.id).toBe(again.id);
    expect(one.id).not.toBe(other.id);
  });

  test('of a moving WebP its first frame is shown', async () => {
    const { width, files } = await made(movingWebp(120, 80));
    expect([width, isRed(pixel(files[0]?.bytes ?? Buffer.alloc(0), 3, 3))]).toEqual([120, true]);
  });

  test('16 bits for a colour are taken as well', async () => {
    const { width } = await made(pngSaying(400, 300, 300 * (1 + 400 * 6), 16));
    expect(width).toBe(400);
  });
});

describe('what is not taken', () => {
  test('a bomb is refused before anything is unpacked', async () => {
    const bomb = pngSaying(50_000, 50_000, 6_000_000);
    expect(bomb.length).toBeLessThan(8_000);
    const began = process.cpuUsage();
    expect(await reEncode(bomb, 'post', options)).toBe('too-many-pixels');
    expect(process.cpuUsage(began).user).toBeLessThan(100_000);
    expect(orderFor(pngSaying(5_000, 5_001, 100), 'post')).toBe('too-many-pixels');
    expect(orderFor(pngSaying(20_001, 10, 100), 'post')).toBe('too-many-pixels');
    expect(orderFor(pngSaying(5_000, MOST_PIXELS / 10_000 + 1, 100, 16), 'post')).toBe('too-many-pixels');
    expect(orderFor(pngSaying(0, 10, 100), 'post')).toBe('broken');
  });

  test('what is no image, in no format that is read, or broken, is refused for what it is', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
    expect(imageKindOf(svg)).toBe('other-format');
    expect(imageKindOf(gifOf(1_000))).toBe('gif');
    expect(imageKindOf(randomBytes(100_000))).toBe('no-image');
    expect(imageKindOf(Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1', 'latin1'))).toBe('other-format');
    expect(await reEncode(Buffer.alloc(0), 'post', options)).toBe('empty');
    const jpeg = photoOf(400, 300);
    expect(await reEncode(jpeg.subarray(0, 300), 'post', options)).toBe('broken');
    expect(await reEncode(jpeg.subarray(0, jpeg.length - 600), 'post', options)).toBe('broken');
    // A PNG whose data is missing, a WebP that ends in the middle.
    expect(await reEncode(pngSaying(400, 300, 10), 'post', options)).toBe('broken');
    expect(await reEncode(webpOf(400, 300).subarray(0, 200), 'post', options)).toBe('broken');
  });

  test('a program that dies, is silent or never ends costs its own image', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-image-'));
    const program = (code: string): URL => {
      const path = join(folder, 'program.mjs');
      writeFileSync(path, code);
      return pathToFileURL(path);
    };
    const jpeg = jpegOf(40, 30);
    for (const [code, fault] of [
      ['process.abort()', 'too-hard'],
      ['process.exit(3)', 'broken'],
      // The kernel does that where memory is short, and it says nothing about the image.
      ["process.kill(process.pid, 'SIGKILL')", 'undone'],
      ['setInterval(() => {}, 1000)', 'too-hard'],
      ['process.stdout.write(Buffer.alloc(30e6, 65)); setInterval(() => {}, 1000)', 'too-hard'],
    ] as const)
      expect([
        code,
        await reEncode(jpeg, 'post', { ...options, most: 2_000, program: program(code) }),
      ]).toEqual([code, fault]);
    rmSync(folder, { recursive: true });
    expect(typeof (await reEncode(jpeg, 'post', options))).toBe('object');
  });

  test('an orientation that cannot be read turns nothing', () => {
    for (const tiff of [
      Buffer.from('MM'),
      exifOf(9),
      Buffer.concat([exifOf(1).subarray(0, 4), Buffer.alloc(12, 255)]),
    ]) {
      const jpeg = jpegOf(30, 20);
      const head = Buffer.from([0xff, 0xe1, 0, 0]);
      head.writeUInt16BE(tiff.length + 8, 2);
      const file = Buffer.concat([
        jpeg.subarray(0, 2),
        head,
        Buffer.from('Exif\0\0', 'latin1'),
        tiff,
        jpeg.subarray(2),
      ]);
      expect(imageKindOf(file)).toMatchObject({ orientation: 1, width: 30, height: 20 });
    }
  });
});
