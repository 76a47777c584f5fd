import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { METRICS } from '../wire/metrics.ts';
import { Canvas, widthOf } from './canvas.ts';
import { Font } from './font.ts';
import { openCardPainter } from './index.ts';

const files = createRequire(import.meta.url).resolve(
  '@fontsource/marcellus/files/marcellus-latin-400-normal.woff',
);
const font = new Font(readFileSync(files));
const pen = { fonts: [font], size: 100, colour: [0, 0, 0] } as const;

/** Width, height and pixels of a PNG without row filters. */
function read(png: Uint8Array): { width: number; height: number; pixels: Buffer } {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const at = bytes.indexOf('IDAT');
  const raw = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = y * (width * 3 + 1);
    expect(raw[row]).toBe(0);
    raw.copy(pixels, y * width * 3, row + 1, row + 1 + width * 3);
  }
  return { width, height, pixels };
}

/** How much of a white canvas is black, in pixels. */
const inked = (canvas: Canvas): number => {
  const { pixels } = read(canvas.png());
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) sum += 1 - (pixels[at] as number) / 255;
  return sum;
};

/** The area inside closed curves, by the sum along them in small steps; curves that turn the other way are holes. */
function areaOf(character: number): number {
  let area = 0;
  for (const contour of font.outline(character)) {
    const whole = contour.flatMap((point, n) => {
      const before = contour.at(n - 1) ?? point;
      const half = { x: (point.x + before.x) / 2, y: (point.y + before.y) / 2, on: true };
      return !point.on && !before.on ? [half, point] : [point];
    });
    const first = whole.findIndex(({ on }) => on);
    const turned = [...whole.slice(first), ...whole.slice(0, first + 1)];
    const path: (readonly [number, number])[] = [];
    turned.forEach((point, n) => {
      const [from, to] = [turned[n - 1] ?? point, turned[n + 1] ?? point];
      const steps = point.on ? 1 : 50;
      for (let step = 1; step <= steps; step++) {
        const t = step / (steps + 1);
        const at = (axis: 'x' | 'y'): number =>
          point.on
            ? point[axis]
            : (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * point[axis] + t ** 2 * to[axis];
        path.push([at('x'), at('y')]);
      }
    });
    path.forEach(([x, y], n) => {
      const [px, py] = path.at(n - 1) ?? [x, y];
      area += (px * y - x * py) / 2;
    });
  }
  return Math.abs(area) * (pen.size / font.unitsPerEm) ** 2;
}

test('letters cover as many pixels as their curves enclose, wherever they stand', () => {
  let looked = 0;
  for (const letter of 'AHOQgkjß0123456789é%&') {
    const character = letter.codePointAt(0) ?? 0;
    const truth = areaOf(character);
    for (const [x, y] of [
      [20, 130],
      [20.37, 130.61],
    ] as const) {
      const canvas = new Canvas(200, 200, [255, 255, 255]);
      canvas.text(letter, x, y, pen);
      expect([letter, Math.abs(inked(canvas) / truth - 1) < 0.02]).toEqual([letter, true]);
      looked += 1;
    }
  }
  expect(looked).toBeGreaterThan(30);
});

test('lines are as long as their letters, and what no font has is left out', () => {
  expect(widthOf('ab', pen)).toBeCloseTo(widthOf('a', pen) + widthOf('b', pen), 5);
  expect(widthOf('a你b', pen)).toBeCloseTo(widthOf('ab', pen), 5);
  const [with_, without] = ['a你b', 'ab'].map((text) => {
    const canvas = new Canvas(200, 200, [255, 255, 255]);
    canvas.text(text, 10, 100, pen);
    return canvas.png();
  });
  expect(with_).toEqual(without);
  // At the edge of the canvas nothing goes wrong.
  const canvas = new Canvas(40, 40, [255, 255, 255]);
  for (const [x, y] of [
    [-30, -10],
    [30, 60],
    [-500, 20],
  ] as const)
    canvas.text('Wg', x, y, pen);
  expect(read(canvas.png()).width).toBe(40);
});

test('the face has what the words of figures are written with, in both languages', () => {
  const text = METRICS.map(({ rule }) => rule).join('') + 'éèêàùçôîœÉÀ«»’“”–…±× ';
  expect([...new Set(text)].filter((letter) => !font.has(letter.codePointAt(0) ?? 0))).toEqual([]);
});

test('a card of ours becomes an image of its size, with its colours; anything else does not', () => {
  const painter = openCardPainter();
  const svg = `<svg viewBox="0 0 600 300"><rect width="600" height="300" rx="12" fill="#f7f3ea" stroke="#d8cfbb"/><rect x="0" y="0" width="6" height="300" fill="#a93c1a"/><text x="20" y="100" font-size="46" fill="#1c1a17">1 &amp; 2</text><text x="590" y="200" text-anchor="end" font-size="20" fill="#635d52" text-decoration="line-through">gone</text></svg>`;
  const { width, height, pixels } = read(painter.png(svg) ?? new Uint8Array());
  expect([width, height]).toEqual([1200, 600]);
  const colour = (x: number, y: number): string =>
    pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3).toString('hex');
  expect([colour(3, 300), colour(600, 500)]).toEqual(['a93c1a', 'f7f3ea']);
  const dark = (from: number, to: number): boolean =>
    Array.from({ length: to - from }, (_, n) => colour(from + n, 180)).some((one) => one !== 'f7f3ea');
  expect([dark(40, 200), dark(400, 700)]).toEqual([true, false]);
  for (const wrong of ['', '<svg/>', '<svg viewBox="0 0 10 9999"></svg>', '<svg viewBox="0 0 0 0">'])
    expect(painter.png(wrong)).toBeUndefined();
});
