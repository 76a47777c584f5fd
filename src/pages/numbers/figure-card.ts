import { escapeHtml } from '../../base/plain-text.ts';
import { METRICS, type MetricId } from '../../wire/metrics.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import type { RoomCard } from '../../wire/room.ts';
import { spokenFigure, valueText } from '../../words/figure-text.ts';
import { unitShape } from '../../words/unit-shape.ts';
import { instant } from '../sentence.ts';
import type { NumbersWords } from './words.ts';

const WIDTH = 640;
/** Characters of a line of the definition; the face is the system's, so it is a safe guess. */
const LINE = 78;

/** A text in lines of at most so many characters. */
function lines(text: string, most: number): string[] {
  const out: string[] = [];
  for (const word of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + word.length < most) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}

/**
 * A figure as an image, together with its meaning, its method and its log entry; undefined when the figure is unknown.
 */
export function figureCard(
  id: MetricId,
  card: RoomCard,
  numbers: RoomNumbers,
  words: NumbersWords,
  drawn = true,
): string | undefined {
  const figure = numbers.metrics[id];
  const rule = METRICS.find((each) => each.id === id);
  if (!figure || !rule) return undefined;
  const title = card.title.length > 60 ? `${card.title.slice(0, 59)}…` : card.title;
  const meaning = lines(words.rules[id], LINE).slice(0, 6);
  const height = 196 + 18 * meaning.length;
  const error = figure.error === undefined ? '' : ` ${words.error(valueText(figure.error, figure, words))}`;
  const foot = [
    figure.entry === undefined ? words.noEntry : words.entry(figure.entry),
    instant(numbers.at, words.language),
  ].join(' · ');
  const text = (x: number, y: number, size: number, fill: string, what: string, more = ''): string =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${more}>${escapeHtml(what)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" role="img" lang="${words.language}">
<title>${escapeHtml(`${words.names[id]}: ${spokenFigure(id, figure, words)}. ${words.rules[id]}`)}</title>
<rect width="${WIDTH}" height="${height}" rx="12" fill="#f7f3ea" stroke="#d8cfbb"/>
${drawn ? `<g transform="translate(24 24)" color="#1f5a7a">${unitShape(rule.unit)}</g>\n` : ''}${text(drawn ? 60 : 24, 42, 16, '#635d52', words.names[id])}
${text(24, 100, 46, '#1c1a17', `${spokenFigure(id, figure, words)}${error}`, ' font-family="Georgia, serif"')}
${text(24, 128, 14, '#635d52', `${words.units[rule.unit]}; ${words.methods[figure.method]}`)}
${text(24, 152, 14, '#1c1a17', title, ' font-weight="600"')}
${meaning.map((line, i) => text(24, 174 + 18 * i, 13, '#635d52', line)).join('\n')}
${text(24, height - 14, 12, '#635d52', `Earshot · ${foot}`)}
</svg>
`;
}
