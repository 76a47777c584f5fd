import type { NumberNote } from './said-number.ts';

/** The languages in which statements are understood. */
export type SaidLanguage = 'en' | 'fr';

/** A number written in digits: the digits and the position of the decimal point, so that scaling it loses nothing. */
export interface Numeral {
  readonly digits: string;
  /** Digits after the point. */
  readonly decimals: number;
  /** Characters read. */
  readonly length: number;
  readonly note?: NumberNote;
}

const GROUPED = /\d{1,3}([ .,'])\d{3}(?:\1\d{3})*(?!\d)(?:(?!\1)[.,]\d+)?/y;
const INDIAN = /\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d+)?/y;
const PLAIN = /\d+(?:[.,]\d+)?|[.,]\d+/y;

const at = (pattern: RegExp, text: string, from: number): string | undefined => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
};

/**
 * The number that begins at `from`; undefined when it turns out not to be one: 1.2.3, 1,2,3. `scaled`: a word such as
 * "million" follows, so that the number may have a fraction, unlike a count of people. Then a single separator before
 * three digits is a decimal point where the language writes it so.
 */
export function numeralAt(
  text: string,
  from: number,
  language: SaidLanguage,
  scaled: (end: number) => boolean,
): Numeral | undefined {
  const found = at(GROUPED, text, from) ?? at(INDIAN, text, from) ?? at(PLAIN, text, from);
  if (found === undefined) return undefined;
  const end = from + found.length;
  if (/^[.,']?\d/.test(text.slice(end, end + 2))) return undefined;
  const single = /^(\d{1,3})([.,])(\d{3})$/.exec(found);
  if (single) {
    const [, whole = '', separator, three = ''] = single;
    const fraction = scaled(end) && separator === (language === 'fr' ? ',' : '.');
    // "0.400" and "0,400" are fractions for everybody.
    const decimals = fraction || whole === '0' ? 3 : 0;
    const foreign = separator === (language === 'fr' ? ',' : '.') || scaled(end);
    return {
      ...{ digits: whole + three, decimals, length: found.length },
      ...(foreign && whole !== '0' ? { note: 'separator' as const } : {}),
    };
  }
  const separator =
    /^\d{1,3}([ .,'])\d{3}(?!\d)/.exec(found)?.[1] ?? (/^\d{1,2}(?:,\d{2})+,\d{3}/.test(found) ? ',' : '');
  const [whole = '', fraction = ''] = withPoint(found, separator).split('.');
  return { digits: whole + fraction, decimals: fraction.length, length: found.length };
}

/** Figures without what parts their thousands, and with a point before the fraction. */
function withPoint(found: string, separator: string): string {
  if (separator === '') return found.replace(',', '.');
  return found.split(separator).join('').replace(',', '.');
}
