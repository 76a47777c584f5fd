import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';

const WIDTH = 640;
const HEIGHT = 336;
/** Characters of a line; the face is the system's, or the pages' own when it is painted, so it is a safe guess. */
const LINE = 30;
const MOST_LINES = 3;
/** Bars of the picture: an evening's rows, seen from the side. */
const BARS = [10, 22, 36, 18, 44, 30, 52, 26, 40, 16, 34, 20, 12];

/** A text in lines, the last one shortened. */
function lines(text: string): string[] {
  const out: string[] = [];
  for (const word of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + word.length < LINE) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  const shown = out
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LINE + 8 ? `${line.slice(0, LINE + 7)}…` : line));
  const last = shown.at(-1);
  if (out.length > MOST_LINES && last !== undefined) shown[shown.length - 1] = `${last}…`;
  return shown;
}

/** The card of a clip: what previews of links and players show. */
export function clipCard(
  clip: { readonly title: string; readonly room: string; readonly seconds: number },
  language: PageLanguage,
): string {
  const text = (x: number, y: number, size: number, fill: string, what: string, more = ''): string =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${more}>${escapeHtml(what)}</text>`;
  const seconds = Math.round(clip.seconds);
  const kind = language === 'fr' ? `Extrait de ${seconds} s` : `A clip of ${seconds} s`;
  const title = lines(clip.title);
  const room = clip.room.length > 52 ? `${clip.room.slice(0, 51)}…` : clip.room;
  const bars = BARS.map(
    (height, index) =>
      `<rect x="${WIDTH - 200 + index * 13}" y="${HEIGHT - 36 - height}" width="7" height="${height}" fill="#a93c1a"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" role="img" lang="${language}">
<title>${escapeHtml(`${clip.title}. ${kind}. ${clip.room}`)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" rx="12" fill="#f7f3ea"/>
${text(36, 62, 18, '#a93c1a', kind)}
${title.map((line, index) => text(36, 112 + 46 * index, 36, '#1c1a17', line, ' font-family="Georgia, serif"')).join('\n')}
${text(36, 132 + 46 * title.length, 20, '#635d52', room)}
${bars.join('')}
${text(36, HEIGHT - 34, 16, '#635d52', 'Earshot')}
</svg>
`;
}
