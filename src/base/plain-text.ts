// Controls, and the marks that turn the direction of the text around them.
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
// Blanks, marks without a letter, and letters that are drawn as nothing.
const UNSEEN = /^[\p{Z}\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/**
 * What a stranger wrote as one tidy line: no controls, no marks that turn the direction, blanks single. Undefined when
 * nothing of it can be seen, when it has more than `most` characters (code points) or a torn one.
 */
export function plainText(text: string, most: number): string | undefined {
  const tidy = text.normalize('NFC').replace(/\s+/g, ' ').replace(HIDDEN, '').replace(/ {2,}/g, ' ').trim();
  return UNSEEN.test(tidy) || [...tidy].length > most || !tidy.isWellFormed() ? undefined : tidy;
}
