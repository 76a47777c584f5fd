import { inflateSync } from 'node:zlib';

/** A point of an outline, in units of the font; `on`: on the curve, otherwise a control point of a quadratic curve. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly on: boolean;
}

/** Closed curves of one letter; y goes up. */
export type Outline = readonly (readonly Point[])[];

/** Bits of a composite glyph. Spec: OpenType 1.9, glyf. */
const PART = { words: 1, xy: 2, scale: 8, more: 0x20, scales: 0x40, matrix: 0x80 } as const;
/** Parts within parts; real fonts have one level. */
const MOST_DEPTH = 4;

/** The tables of a WOFF file. Spec: WOFF 1.0, 4 and 5. @throws when it is none. */
function tablesOf(file: Buffer): Map<string, Buffer> {
  if (file.toString('latin1', 0, 4) !== 'wOFF') throw new Error('this is no WOFF font');
  const tables = new Map<string, Buffer>();
  for (let n = 0; n < file.readUInt16BE(12); n++) {
    const at = 44 + n * 20;
    const [offset, packed, length] = [4, 8, 12].map((more) => file.readUInt32BE(at + more)) as [
      number,
      number,
      number,
    ];
    const bytes = file.subarray(offset, offset + packed);
    tables.set(file.toString('latin1', at, at + 4), packed < length ? inflateSync(bytes) : bytes);
  }
  return tables;
}

/** Outlines and widths of a TrueType font in a WOFF file. */
export class Font {
  readonly #tables: Map<string, Buffer>;
  readonly unitsPerEm: number;
  readonly #glyphs = new Map<number, number>();
  readonly #known = new Map<number, Outline>();

  /** @throws when the file is no such font. */
  constructor(file: Buffer) {
    this.#tables = tablesOf(file);
    this.unitsPerEm = this.#table('head').readUInt16BE(18);
    this.#readCharacters();
  }

  /** True when it has a letter. */
  has(character: number): boolean {
    return this.#glyphs.has(character);
  }

  /** Width of a letter, in units of the font. */
  width(character: number): number {
    const many = this.#table('hhea').readUInt16BE(34);
    const glyph = this.#glyphs.get(character) ?? 0;
    return this.#table('hmtx').readUInt16BE(Math.min(glyph, many - 1) * 4);
  }

  /** The curves of a letter; none of one that it does not have. */
  outline(character: number): Outline {
    const glyph = this.#glyphs.get(character);
    return glyph === undefined ? [] : this.#outline(glyph, 0);
  }

  #table(tag: string): Buffer {
    const table = this.#tables.get(tag);
    if (!table) throw new Error(`the font has no table ${tag}`);
    return table;
  }

  /** Spec: OpenType 1.9, cmap, format 4. */
  #readCharacters(): void {
    const cmap = this.#table('cmap');
    for (let n = 0; n < cmap.readUInt16BE(2); n++) {
      const at = cmap.readUInt32BE(4 + n * 8 + 4);
      if (cmap.readUInt16BE(at) !== 4) continue;
      const twice = cmap.readUInt16BE(at + 6);
      for (let segment = 0; segment < twice; segment += 2) {
        const end = cmap.readUInt16BE(at + 14 + segment);
        const start = cmap.readUInt16BE(at + 16 + twice + segment);
        const delta = cmap.readUInt16BE(at + 16 + 2 * twice + segment);
        const place = at + 16 + 3 * twice + segment;
        const range = cmap.readUInt16BE(place);
        for (let character = start; character <= end && character < 0xffff; character++) {
          const listed = range === 0 ? character : cmap.readUInt16BE(place + range + (character - start) * 2);
          if (listed !== 0) this.#glyphs.set(character, (listed + delta) & 0xffff);
        }
      }
      return;
    }
  }

  #outline(glyph: number, depth: number): Outline {
    const known = this.#known.get(glyph);
    if (known) return known;
    const long = this.#table('head').readInt16BE(50) === 1;
    const loca = this.#table('loca');
    const place = (n: number): number => (long ? loca.readUInt32BE(n * 4) : loca.readUInt16BE(n * 2) * 2);
    const bytes = this.#table('glyf').subarray(place(glyph), place(glyph + 1));
    const outline =
      bytes.length === 0 ? [] : bytes.readInt16BE(0) < 0 ? this.#composite(bytes, depth) : simple(bytes);
    this.#known.set(glyph, outline);
    return outline;
  }

  #composite(bytes: Buffer, depth: number): Outline {
    const found: (readonly Point[])[] = [];
    let at = 10;
    for (let flags: number = PART.more; flags & PART.more && depth < MOST_DEPTH; ) {
      flags = bytes.readUInt16BE(at);
      const glyph = bytes.readUInt16BE(at + 2);
      at += 4;
      const wide = flags & PART.words;
      const [dx, dy] = wide
        ? [bytes.readInt16BE(at), bytes.readInt16BE(at + 2)]
        : [bytes.readInt8(at), bytes.readInt8(at + 1)];
      at += wide ? 4 : 2;
      const many = flags & PART.scale ? 1 : flags & PART.scales ? 2 : flags & PART.matrix ? 4 : 0;
      const m = Array.from({ length: many }, (_, n) => bytes.readInt16BE(at + n * 2) / 16_384);
      at += many * 2;
      const [a = 1, b = 0, c = 0, d = 1] =
        many === 4 ? m : many === 2 ? [m[0], 0, 0, m[1]] : [m[0], 0, 0, m[0]];
      const [x0, y0] = flags & PART.xy ? [dx, dy] : [0, 0];
      for (const contour of this.#outline(glyph, depth + 1))
        found.push(contour.map(({ x, y, on }) => ({ x: a * x + c * y + x0, y: b * x + d * y + y0, on })));
    }
    return found;
  }
}

/** Spec: OpenType 1.9, glyf, simple glyph description. */
function simple(bytes: Buffer): Outline {
  const contours = bytes.readInt16BE(0);
  const ends = Array.from({ length: contours }, (_, n) => bytes.readUInt16BE(10 + n * 2));
  const many = (ends.at(-1) ?? -1) + 1;
  let at = 10 + contours * 2;
  at += 2 + bytes.readUInt16BE(at);
  const flags: number[] = [];
  while (flags.length < many) {
    const flag = bytes.readUInt8(at++);
    const times = flag & 8 ? bytes.readUInt8(at++) : 0;
    for (let n = 0; n <= times; n++) flags.push(flag);
  }
  const axis = (short: number, same: number): number[] => {
    let value = 0;
    return flags.slice(0, many).map((flag) => {
      if (flag & short) value += flag & same ? bytes.readUInt8(at++) : -bytes.readUInt8(at++);
      else if (!(flag & same)) {
        value += bytes.readInt16BE(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = axis(2, 16);
  const ys = axis(4, 32);
  let from = 0;
  return ends.map((end) => {
    const points: Point[] = [];
    for (let n = from; n <= end; n++)
      points.push({ x: xs[n] as number, y: ys[n] as number, on: ((flags[n] as number) & 1) === 1 });
    from = end + 1;
    return points;
  });
}
