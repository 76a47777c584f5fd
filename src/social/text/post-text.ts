/** The longest post, and the longest reason for a deletion, in characters as people count them. */
export const POST_LENGTH = 500;
/** The longest text about oneself. */
export const BIO_LENGTH = 300;
/** Marks on one letter: Vietnamese needs two, pointed Hebrew with its accents four, Tibetan stacks five. */
export const MOST_MARKS = 8;
/** Code units in one character: a family of four with skin tones, or the flag of Scotland, are shorter. */
const LONGEST_CHARACTER = 40;
/** Nobody counts the characters of a longer text. */
const LONGEST_SENT = POST_LENGTH * LONGEST_CHARACTER;

// Control characters but line feeds, characters that turn the direction of the text around them, code points that are no
// characters, and letters that nobody sees but where they are a part of a flag. Spec: Unicode 23.7, 23.9.
const HIDDEN =
  /(?!\n)[\p{Cc}\p{Noncharacter_Code_Point}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,9})[\u{e0000}-\u{e007f}]/gu;
// Blanks, marks without a letter, and letters without a visible form.
const UNSEEN = /^[\p{Z}\p{Cf}\p{M}\n\u115f\u1160\u2800\u3164\uffa0]*$/u;
const MARKS = new RegExp(`\\p{M}{${MOST_MARKS + 1}}`, 'u');

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** How a text begins, on one line, for those who decide about it: at most 80 UTF-16 code units. */
export const beginningOf = (text: string): string =>
  (text.length > 80 ? `${text.slice(0, 79)}…` : text).replace(/\s+/g, ' ');

/** Why a text is not accepted. */
export type TextFault = 'empty' | 'too-long' | 'too-many-marks' | 'broken';

/** Characters as people count them: grapheme clusters. Spec: UAX 29, 3. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/**
 * A person's text as it is kept: in Unicode's composed form, with line feeds alone for ends of lines, at most one empty
 * line between paragraphs, without control characters and without characters that turn the text of others around.
 * @param most Grapheme clusters.
 */
export function tidyText(
  sent: string,
  most: number,
): { readonly text: string } | { readonly fault: TextFault } {
  if (sent.length > LONGEST_SENT) return { fault: 'too-long' };
  if (!sent.isWellFormed()) return { fault: 'broken' };
  // Before marks are put into their order, which takes long where there are many.
  if (MARKS.test(sent)) return { fault: 'too-many-marks' };
  const text = sent
    .normalize('NFC')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(HIDDEN, '')
    .split('\n')
    // A regular expression would begin again at each of many blanks.
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (UNSEEN.test(text)) return { fault: 'empty' };
  let count = 0;
  for (const { segment } of segmenter.segment(text)) {
    count += 1;
    if (segment.length > LONGEST_CHARACTER) return { fault: 'too-many-marks' };
    if (count > most) return { fault: 'too-long' };
  }
  return { text };
}

/** The same for a text that may be empty. */
export const tidyOptional = (
  sent: string,
  most: number,
): { readonly text: string } | { readonly fault: TextFault } => {
  const tidy = tidyText(sent, most);
  return 'fault' in tidy && tidy.fault === 'empty' ? { text: '' } : tidy;
};
