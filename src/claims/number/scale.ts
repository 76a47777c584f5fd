import { LONG_SCALES, SCALES } from './number-words.ts';
import type { SaidLanguage } from './numeral.ts';
import type { Exact, NumberNote } from './said-number.ts';

/** One number in a text, without the words around it. */
export interface Quantity {
  readonly from: number;
  readonly to: number;
  /** A size such as "hundreds of thousands", or `exact`. */
  readonly size?: readonly [least: number, most: number];
  readonly exact: Exact;
  /** "une centaine" is about a hundred. */
  readonly loose: boolean;
  /** No word such as "million" belongs to it: it may take that of the other end of its range. */
  readonly unscaled: boolean;
  /** The power of ten of its last word. */
  readonly scale: number;
  /** An article that may be no number at all: "un", "a", "one". */
  readonly article: boolean;
  readonly notes: readonly NumberNote[];
}

/** The result of looking for a number at a position: a number, nothing, or something that only looks like one. */
export type QuantityFound = Quantity | 'unclear' | 'too-large' | 'passed' | undefined;

const WORD = /\p{L}+/uy;

/** The word that begins at a position, or nothing. */
export const wordAt = (text: string, at: number): string => {
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? '';
};
/** The match of a sticky pattern at a position. */
export const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** The power of ten that a word means, and how it may be misunderstood. */
export function scaleOf(
  word: string,
  language: SaidLanguage,
): { power: number; note?: NumberNote } | undefined {
  const power = SCALES.get(word);
  if (power !== undefined) return { power };
  const long = LONG_SCALES.get(word);
  return long && { power: long[language], note: language === 'fr' ? 'long-billion' : 'short-billion' };
}

/** True for "thousand", "million" and similar words. */
export const isScaleWord = (word: string): boolean => SCALES.has(word) || LONG_SCALES.has(word);

/** Multiplies by a power of ten, without the errors of binary fractions. */
export const scaled = (value: number, power: number): number => Number(`${value}e${power}`);
