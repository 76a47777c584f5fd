import { escapeHtml } from '../../base/plain-text.ts';
import { type MetricId, metricOf, type Unit } from '../../wire/metrics.ts';
import type { ClaimWords } from '../words/claim-words.ts';
import { figuresOf, momentIn, type VerdictText } from '../words/verdict-text.ts';
import { cardText, type SignedCard } from './signed-card.ts';
import { unitShape } from './unit-shape.ts';

const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 64;
/** A letter's width by its size, on average, with room to spare. */
const LETTER = 0.54;
const SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif";
const SERIF = "Marcellus,Palatino,'URW Palladio L','Noto Serif',Georgia,serif";
const INK = '#1c1a17';
const ASH = '#635d52';
const COLOURS = {
  matches: '#55662b',
  'named-wrongly': '#7a580f',
  'sum-of-unlike': '#7a580f',
  'no-match': '#a93c1a',
};
const SIGNS = { matches: '=', 'named-wrongly': '≠', 'sum-of-unlike': '+', 'no-match': '≠' } as const;

// The metadata is read back as it was signed: only what XML itself needs is replaced.
const inXml = (text: string): string =>
  text.replace(/[&<>]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[letter] ?? '');

/** Wraps a text into at most `most` lines of a given width; a text that does not fit ends with an ellipsis. */
export function wrapped(text: string, size: number, width: number, most: number): string[] {
  const fits = Math.max(4, Math.floor(width / (size * LETTER)));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    while ([...rest].length > fits) {
      if (line !== '') lines.push(line);
      line = '';
      lines.push([...rest].slice(0, fits).join(''));
      rest = [...rest].slice(fits).join('');
    }
    if (line !== '' && [...line].length + 1 + [...rest].length > fits) {
      lines.push(line);
      line = rest;
    } else line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')].slice(0, fits - 1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}

/**
 * Draws a card as an SVG image of 1200 by 630, with the signed statement inside. The image loads nothing from
 * elsewhere.
 */
export function cardPicture(card: SignedCard, words: ClaimWords, text: VerdictText, origin: string): string {
  const width = WIDTH - 2 * MARGIN;
  const parts: string[] = [];
  let y = MARGIN;
  const write = (
    lines: readonly string[],
    size: number,
    colour: string,
    family = SANS,
    x = MARGIN,
    struck = '',
  ): void => {
    for (const line of lines) {
      y += size * 1.25;
      parts.push(
        `<text x="${x}" y="${Math.round(y)}" font-family="${family}" font-size="${size}" fill="${colour}"${struck}>${escapeHtml(line)}</text>`,
      );
    }
  };
  const colour = COLOURS[card.verdict];
  write(wrapped(card.title, 26, width - 120, 1), 26, ASH);
  const outranked = card.correction !== undefined;
  const struck = outranked ? ' text-decoration="line-through"' : '';
  write(
    wrapped(words.quoted(card.said), 52, width - 120, 2),
    52,
    outranked ? ASH : INK,
    SERIF,
    MARGIN,
    struck,
  );
  if (outranked) y += 8;
  if (card.correction !== undefined) write(wrapped(card.correction, 28, width, 2), 28, '#a93c1a');
  y += 20;
  parts.push(
    `<text x="${WIDTH - MARGIN}" y="${MARGIN + 74}" text-anchor="end" font-family="${SANS}" font-size="96" fill="${colour}">${SIGNS[card.verdict]}</text>`,
  );
  write(wrapped(text.heading, 42, width, 1), 42, colour, SERIF);
  y += 12;
  const unit = card.metric === undefined ? undefined : metricOf(card.metric).unit;
  const indent = unit === undefined ? MARGIN : MARGIN + 68;
  const top = y + 8;
  if (unit !== undefined) parts.push(shape(unit, MARGIN, top));
  write(wrapped(text.sentence, 32, WIDTH - MARGIN - indent, 3), 32, INK, SANS, indent);
  const list = text.list.slice(0, 4).map((line) => wrapped(`· ${line}`, 24, width, 1)[0] ?? '');
  y += 8;
  write(text.list.length > 4 ? [...list, `… +${text.list.length - 4}`] : list, 24, INK);
  y += 14;
  if (card.metric !== undefined) write(wrapped(definition(card.metric, words), 22, width, 3), 22, ASH);
  const foot = [
    ...(card.minute === undefined ? [] : [momentIn(card.minute, words)]),
    ...(card.entry === undefined ? [] : [words.entry(figuresOf(card.entry, words))]),
  ].join(' · ');
  parts.push(line(foot, HEIGHT - 74, ASH));
  const key = `Ed25519 ${card.signature.publicKey.slice(0, 12)}…`;
  parts.push(line(`Earshot · ${origin} · ${momentIn(card.checked, words)} · ${key}`, HEIGHT - 42, ASH));
  const about = [card.said, text.heading, text.sentence, ...text.list].join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" lang="${words.language}">
<title>${escapeHtml(about)}</title>
<metadata>${inXml(cardText(card))}</metadata>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#f7f3ea"/><rect width="12" height="${HEIGHT}" fill="${colour}"/>
${parts.join('\n')}
</svg>
`;
}

const shape = (unit: Unit, x: number, y: number): string =>
  `<g transform="translate(${x} ${Math.round(y)})" color="#1f5a7a">${unitShape(unit)}</g>`;

const line = (text: string, y: number, colour: string): string =>
  `<text x="${MARGIN}" y="${y}" font-family="${SANS}" font-size="19" fill="${colour}">${escapeHtml(wrapped(text, 19, WIDTH - 2 * MARGIN, 1)[0] ?? '')}</text>`;

const definition = (metric: MetricId, words: ClaimWords): string =>
  `${words.page.definition}: ${words.rules[metric]}`;
