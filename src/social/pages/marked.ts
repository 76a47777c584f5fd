import { escapeHtml } from '../../base/plain-text.ts';
import { type AskedWords, matchedIn } from '../text/search-words.ts';

/** A text, with what was searched marked in it. */
export function markedHtml(text: string, asked: AskedWords | undefined): string {
  if (!asked) return escapeHtml(text);
  let html = '';
  let at = 0;
  for (const [from, to] of matchedIn(text, asked)) {
    html += `${escapeHtml(text.slice(at, from))}<mark>${escapeHtml(text.slice(from, to))}</mark>`;
    at = to;
  }
  return html + escapeHtml(text.slice(at));
}
