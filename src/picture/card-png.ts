/** Our own cards, which are SVG, as PNG: for places that take no SVG, such as previews of links. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Canvas, type Colour, type Pen, widthOf } from './canvas.ts';
import { Font } from './font.ts';

/** The width of the image, pixels; previews want about as much. */
const WIDTH = 1200;
/** Larger cards are not drawn. */
const MOST_HEIGHT = 1200;

const ELEMENT = /<(rect|circle|text)\b([^>]*?)(?:\/>|>([^<]*)<\/text>)/g;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const plain = (text: string): string =>
  text.replace(/&(?:#(\d{1,6})|(amp|lt|gt|quot));/g, (whole, code, name) =>
    code === undefined ? (NAMED[String(name)] ?? whole) : String.fromCodePoint(Number(code)),
  );
const colourOf = (text: string | undefined): Colour | undefined => {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text ?? '') ?? [];
  return red && green && blue
    ? ([red, green, blue].map((part) => Number.parseInt(part, 16)) as unknown as Colour)
    : undefined;
};

/** Draws cards. */
export interface CardPainter {
  /**
   * The PNG of a card of ours: its rectangles, circles and lines of text. Other shapes are decoration and are left out, as
   * are letters that are neither Latin, Cyrillic, Greek nor Hebrew. Undefined where it is no such card.
   */
  png(svg: string): Uint8Array<ArrayBuffer> | undefined;
}

/** The faces, looked through in this order for each letter: the display face of the pages has Latin letters only. */
const FACES: readonly (readonly [family: string, sets: readonly string[]])[] = [
  ['marcellus', ['latin', 'latin-ext']],
  ['tinos', ['cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'hebrew', 'vietnamese', 'latin-ext', 'latin']],
];

/** Opens it with the faces. @throws when one is not there. */
export function openCardPainter(): CardPainter {
  const { resolve } = createRequire(import.meta.url);
  const fonts = FACES.flatMap(([family, sets]) => {
    const folder = dirname(resolve(`@fontsource/${family}/package.json`));
    return sets.map(
      (set) => new Font(readFileSync(join(folder, 'files', `${family}-${set}-400-normal.woff`))),
    );
  });
  return { png: (svg) => paint(svg, fonts) };
}

function paint(svg: string, fonts: readonly Font[]): Uint8Array<ArrayBuffer> | undefined {
  const [, width, height] = /viewBox="0 0 (\d{1,4}) (\d{1,4})"/.exec(svg) ?? [];
  if (!Number(width) || !Number(height)) return undefined;
  const scale = WIDTH / Number(width);
  const high = Math.round(Number(height) * scale);
  if (high > MOST_HEIGHT) return undefined;
  const canvas = new Canvas(WIDTH, high, [0xf7, 0xf3, 0xea]);
  for (const [, what, attributes = '', text = ''] of svg.matchAll(ELEMENT)) {
    const of = Object.fromEntries(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value]),
    );
    const number = (name: string): number => Number(of[name] ?? 0) * scale;
    const colour = colourOf(of['fill']);
    if (!colour) continue;
    if (what === 'rect') {
      canvas.rectangle(number('x'), number('y'), number('width'), number('height'), colour);
      continue;
    }
    if (what === 'circle') {
      canvas.circle(number('cx'), number('cy'), number('r'), colour);
      continue;
    }
    const line = plain(text);
    const pen: Pen = { fonts, size: number('font-size'), colour };
    const long = widthOf(line, pen);
    const x = number('x') - (of['text-anchor'] === 'end' ? long : 0);
    canvas.text(line, x, number('y'), pen);
    // A wording that was taken back.
    if (of['text-decoration'] === 'line-through')
      canvas.rectangle(x, number('y') - pen.size * 0.28, long, Math.max(1, pen.size * 0.05), colour);
  }
  return Uint8Array.from(canvas.png());
}
