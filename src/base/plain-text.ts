// Control characters, and characters that change the direction of the text around them.
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
// Blanks, combining marks without a letter, and letters without a visible form.
const UNSEEN = /^[\p{Z}\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Letters and vowel signs of scripts in which a joiner changes what is drawn. */
const JOINED = String.raw`[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Adlam}\p{Script=Rohg}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]`;
/** Arabic letters that never join the next one. Spec: Unicode, ArabicShaping.txt, types R and U. */
const APART = String.raw`[\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06dd\u06ee\u06ef]`;
const VIRAMA = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]`;
const PICTURE = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]`;
/** Invisible signs that change what is drawn where they stand. Spec: RFC 5892, A.1 and A.2; UTS 51. */
const DRAWN = [
  // Between two letters that would join, and after a virama.
  `(?<=(?!${APART})${JOINED})[\\u200c\\u200d](?=${JOINED})`,
  `(?<=${VIRAMA})[\\u200c\\u200d]`,
  // In emoji: families, colours, keycaps, and the flags of parts of a country.
  `(?<=${PICTURE})\\u200d(?=\\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]|\ufe0f(?=\u20e3)`,
  String.raw`(?<=\u{1f3f4}[\u{e0020}-\u{e007e}]{0,6})[\u{e0020}-\u{e007f}]`,
  // Forms of one character.
  String.raw`(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180f]`,
].join('|');
/** Signs that nobody sees, anywhere else. */
const UNDRAWN = new RegExp(`(${DRAWN})|[\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]`, 'gu');

/**
 * A client's text as one tidy line: no control characters, no direction marks, no signs that only hide, single blanks.
 * Undefined when nothing of it is visible, or when it has more than `most` characters (code points) or an unpaired
 * surrogate.
 */
export function plainText(text: string, most: number): string | undefined {
  const tidy = text
    .replace(UNDRAWN, '$1')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(HIDDEN, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return UNSEEN.test(tidy) || [...tidy].length > most || !tidy.isWellFormed() ? undefined : tidy;
}

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
/** An apostrophe joins the letters around it into one word; a hyphen does not. */
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}'’ʼ]+/u;

/** Why a name of a person is not taken, for the end of a sentence that names the field. */
export type NameFault = `use 1 to ${number} characters` | typeof MIXED_NAME;

/** What is said of a name that looks like another. */
export const MIXED_NAME = 'use letters of one alphabet in each word';

/** True when a word has letters of two of these scripts, which no language mixes: it is made to be taken for another. */
const mixesScripts = (text: string): boolean =>
  text.split(BETWEEN_WORDS).some((word) => SCRIPTS.filter((is) => is.test(word)).length > 1);

/**
 * A person's name as one tidy line, without signs that nobody sees; or why it is not taken. The same for names of
 * accounts, on stage, of hands, under questions and on invitations.
 */
export function personName(
  text: string,
  most: number,
): { readonly name: string } | { readonly fault: NameFault } {
  const name = plainText(text, most);
  if (name === undefined) return { fault: `use 1 to ${most} characters` };
  return mixesScripts(name) ? { fault: MIXED_NAME } : { name };
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
