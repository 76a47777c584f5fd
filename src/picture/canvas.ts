import { crc32, deflateSync } from 'node:zlib';
import type { Font, Outline } from './font.ts';

/** Red, green, blue; 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Straight pieces of one curve. */
const PIECES = 6;

/** What a text is written with. */
export interface Pen {
  /** Looked through in order for each letter. */
  readonly fonts: readonly Font[];
  /** Pixels. */
  readonly size: number;
  readonly colour: Colour;
}

/** An image of opaque pixels on which rectangles, circles and letters are drawn, and which becomes a PNG. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  /** A canvas of one colour. */
  constructor(width: number, height: number, ground: Colour) {
    this.width = width;
    this.height = height;
    this.#pixels = new Uint8Array(width * height * 3);
    this.rectangle(0, 0, width, height, ground);
  }

  /** Fills a rectangle; what is outside is cut off. */
  rectangle(x: number, y: number, width: number, height: number, [red, green, blue]: Colour): void {
    const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
    const right = Math.min(this.width, Math.round(x + width));
    const bottom = Math.min(this.height, Math.round(y + height));
    for (let row = top; row < bottom; row++)
      for (let at = (row * this.width + left) * 3; at < (row * this.width + right) * 3; at += 3) {
        this.#pixels[at] = red;
        this.#pixels[at + 1] = green;
        this.#pixels[at + 2] = blue;
      }
  }

  /** Fills a circle; what is outside is cut off. */
  circle(x: number, y: number, radius: number, colour: Colour): void {
    const top = Math.max(0, Math.floor(y - radius - 1));
    const bottom = Math.min(this.height, Math.ceil(y + radius + 1));
    const left = Math.max(0, Math.floor(x - radius - 1));
    const right = Math.min(this.width, Math.ceil(x + radius + 1));
    for (let py = top; py < bottom; py++)
      for (let px = left; px < right; px++) {
        // The edge is as wide as a pixel.
        const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(px + 0.5 - x, py + 0.5 - y)));
        if (share > 0) this.#blend(px, py, share, colour);
      }
  }

  #blend(x: number, y: number, share: number, colour: Colour): void {
    const at = (y * this.width + x) * 3;
    for (let n = 0; n < 3; n++) {
      const under = this.#pixels[at + n] as number;
      this.#pixels[at + n] = Math.round(under + ((colour[n] as number) - under) * share);
    }
  }

  /** Writes a line from `x` on, its baseline at `y`. Letters that no font has are left out. */
  text(line: string, x: number, y: number, pen: Pen): void {
    let at = x;
    for (const letter of line) {
      const character = letter.codePointAt(0) ?? 0;
      const font = fontOf(pen, character);
      if (!font) continue;
      const scale = pen.size / font.unitsPerEm;
      this.#fill(font.outline(character), { x: at, y, scale, colour: pen.colour });
      at += font.width(character) * scale;
    }
  }

  /** Spec: PNG (third edition), 11.2. */
  png(): Buffer {
    const row = this.width * 3;
    const raw = Buffer.alloc((row + 1) * this.height);
    for (let y = 0; y < this.height; y++)
      raw.set(this.#pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
    const head = Buffer.alloc(13);
    head.writeUInt32BE(this.width, 0);
    head.writeUInt32BE(this.height, 4);
    // Eight bits a sample, true colour.
    head.set([8, 2, 0, 0, 0], 8);
    return Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      ...[chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))],
    ]);
  }

  /**
   * Fills curves by the area that they cover of each pixel: every piece adds what lies to its right, and the sum along a
   * row is the coverage.
   */
  #fill(
    outline: Outline,
    { x, y, scale, colour }: { x: number; y: number; scale: number; colour: Colour },
  ): void {
    const lines = outline.map((contour) =>
      straight(contour).map(([px, py]) => [x + px * scale, y - py * scale] as const),
    );
    const all = lines.flat();
    if (all.length === 0) return;
    const left = Math.floor(Math.min(...all.map(([px]) => px)));
    const top = Math.floor(Math.min(...all.map(([, py]) => py)));
    const wide = Math.ceil(Math.max(...all.map(([px]) => px))) - left + 2;
    const high = Math.ceil(Math.max(...all.map(([, py]) => py))) - top + 1;
    const area = new Float32Array(wide * high + 2);
    for (const points of lines)
      points.forEach((to, n) => {
        const from = points.at(n - 1) as readonly [number, number];
        cover(area, wide, [from[0] - left, from[1] - top], [to[0] - left, to[1] - top]);
      });
    for (let row = 0; row < high; row++) {
      let sum = 0;
      for (let column = 0; column < wide; column++) {
        sum += area[row * wide + column] as number;
        const share = Math.min(1, Math.abs(sum));
        const [px, py] = [left + column, top + row];
        if (share < 0.004 || px < 0 || py < 0 || px >= this.width || py >= this.height) continue;
        this.#blend(px, py, share, colour);
      }
    }
  }
}

const fontOf = ({ fonts }: Pick<Pen, 'fonts'>, character: number): Font | undefined =>
  fonts.find((font) => font.has(character));

/** How wide a line is, pixels. */
export function widthOf(line: string, pen: Omit<Pen, 'colour'>): number {
  let width = 0;
  for (const letter of line) {
    const character = letter.codePointAt(0) ?? 0;
    const font = fontOf(pen, character);
    if (font) width += (font.width(character) * pen.size) / font.unitsPerEm;
  }
  return width;
}

/** A closed curve as straight pieces. Between two control points there is a point on the curve, half way. */
function straight(contour: Outline[number]): (readonly [number, number])[] {
  const points: { x: number; y: number; on: boolean }[] = [];
  contour.forEach((point, n) => {
    const before = contour.at(n - 1) ?? point;
    if (!point.on && !before.on)
      points.push({ x: (point.x + before.x) / 2, y: (point.y + before.y) / 2, on: true });
    points.push(point);
  });
  const first = points.findIndex(({ on }) => on);
  const turned = [...points.slice(first), ...points.slice(0, first)];
  const found: (readonly [number, number])[] = [];
  turned.forEach((point, n) => {
    if (point.on) {
      found.push([point.x, point.y]);
      return;
    }
    const [from, to] = [turned[n - 1] ?? point, turned[(n + 1) % turned.length] ?? point];
    for (let piece = 1; piece < PIECES; piece++) {
      const t = piece / PIECES;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      found.push([a * from.x + b * point.x + c * to.x, a * from.y + b * point.y + c * to.y]);
    }
  });
  return found;
}

type Place = readonly [x: number, y: number];

/** Adds what one piece covers. */
function cover(area: Float32Array, wide: number, from: Place, to: Place): void {
  if (from[1] === to[1]) return;
  const sign = from[1] < to[1] ? 1 : -1;
  const [[x0, y0], [x1, y1]] = sign === 1 ? [from, to] : [to, from];
  const slope = (x1 - x0) / (y1 - y0);
  for (let row = Math.floor(y0); row < Math.ceil(y1); row++) {
    const [top, bottom] = [Math.max(row, y0), Math.min(row + 1, y1)];
    const height = (bottom - top) * sign;
    const [xa, xb] = [x0 + (top - y0) * slope, x0 + (bottom - y0) * slope];
    const [left, right] = [Math.min(xa, xb), Math.max(xa, xb)];
    const at = row * wide;
    const add = (column: number, share: number): void => {
      const place = at + column;
      area[place] = (area[place] ?? 0) + share;
    };
    const [first, last] = [Math.floor(left), Math.floor(right)];
    if (first === last) {
      const inside = (left + right) / 2 - first;
      add(first, height * (1 - inside));
      add(first + 1, height * inside);
      continue;
    }
    // What of the piece lies left of a column's end is in the columns up to it; the rest goes on to the right.
    let before = 0;
    for (let column = first; column <= last + 1; column++) {
      const covered = column > last ? 1 : coveredUpTo(column + 1, left, right);
      add(column, height * (covered - before));
      before = covered;
    }
  }
}

/** The mean, over a piece from `left` to `right`, of how much of the column that ends at `end` lies to its right. */
function coveredUpTo(end: number, left: number, right: number): number {
  const span = right - left;
  const of = (x: number): number => {
    const u = Math.max(0, Math.min(span, x - left));
    return (u * u) / 2 + Math.max(0, x - left - span) * span;
  };
  return (of(end) - of(end - 1)) / span;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
