// Control characters, and characters that change the direction of the text around them.
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
// Blanks, combining marks without a letter, and letters without a visible form.
const UNSEEN = /^[\p{Z}\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/**
 * A client's text as one tidy line: no control characters, no direction marks, single blanks. Undefined when nothing of
 * it is visible, or when it has more than `most` characters (code points) or an unpaired surrogate.
 */
export function plainText(text: string, most: number): string | undefined {
  const tidy = text.normalize('NFC').replace(/\s+/g, ' ').replace(HIDDEN, '').replace(/ {2,}/g, ' ').trim();
  return UNSEEN.test(tidy) || [...tidy].length > most || !tidy.isWellFormed() ? undefined : tidy;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text made safe between tags and in quoted attributes of HTML and SVG. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
