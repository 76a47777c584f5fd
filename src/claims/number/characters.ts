/** The reason why a text cannot be read. */
export type Unreadable =
  | 'empty'
  | 'too-long'
  | 'hidden-characters'
  | 'mixed-scripts'
  | 'no-number'
  | 'two-numbers'
  | 'unclear-number'
  | 'not-a-number'
  | 'negative'
  | 'too-large'
  | 'share'
  | 'unclear-time';

/** Longest statement, in characters. */
export const MOST_CHARACTERS = 400;

// Characters without a form of their own: between two digits they make another number of what is seen.
const HIDDEN = /[\p{Cf}\p{Cn}\p{Co}\p{Cs}]|\p{Default_Ignorable_Code_Point}|\u2800/u;
const CONTROL = /(?![\t\n\r])\p{Cc}/u;
// NFKC would make 109 of ten to the power of nine.
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u209c]/u;
const FRACTIONS: Readonly<Record<string, string>> = { '½': '.5', '¼': '.25', '¾': '.75' };
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/gu;
const APOSTROPHES = /[\u2018\u2019\u02bc\u0060\u00b4\uff07]/gu;

/** The digit's value, from its place in its block: every script has its ten in a row. */
function digitValue(digit: string): string {
  let zero = digit.codePointAt(0) ?? 0;
  const own = zero;
  while (own - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(own - zero);
}

const systemOf = (digit: string): number => (digit.codePointAt(0) ?? 0) - Number(digitValue(digit));

/** True when one word has letters of two scripts, as a Cyrillic letter among Latin ones. */
const mixed = (text: string): boolean =>
  (text.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []).some(
    (word) => /\p{Script=Latin}/u.test(word) && /(?!\p{Script=Latin})\p{L}/u.test(word),
  );

/**
 * Normalises a statement: lower case without accents, one kind of blank, dash and apostrophe, and digits of any one
 * script as 0 to 9.
 */
export function readable(text: string): { readonly text: string } | { readonly why: Unreadable } {
  if (text.length > 4 * MOST_CHARACTERS) return { why: 'too-long' };
  if (!text.isWellFormed() || HIDDEN.test(text) || CONTROL.test(text)) return { why: 'hidden-characters' };
  if (RAISED.test(text)) return { why: 'unclear-number' };
  const halves = text.replace(/(\d?)([½¼¾])/gu, (_, before: string, sign: string) =>
    before === '' ? ` 0${FRACTIONS[sign]}` : `${before}${FRACTIONS[sign]}`,
  );
  const plain = halves
    .normalize('NFKC')
    .replace(DASHES, '-')
    .replace(APOSTROPHES, "'")
    .replace(/\u066b/g, '.')
    .replace(/\u066c/g, ',')
    .replace(/\s+/gu, ' ')
    .trim();
  if (plain === '') return { why: 'empty' };
  if ([...plain].length > MOST_CHARACTERS) return { why: 'too-long' };
  if (/\u2044/.test(plain)) return { why: 'unclear-number' };
  const digits = plain.match(/\p{Nd}/gu) ?? [];
  if (new Set(digits.map(systemOf)).size > 1 || mixed(plain)) return { why: 'mixed-scripts' };
  const folded = plain
    .replace(/\p{Nd}/gu, digitValue)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/(\d)\+ ?(thousand|millions?|milliards?|billions?|mille|k|m|bn|md)\b/g, '$1 $2+');
  return folded.length > 2 * MOST_CHARACTERS ? { why: 'too-long' } : { text: folded };
}
