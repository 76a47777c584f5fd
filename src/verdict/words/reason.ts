import type { Reason, ReasonWords } from './reason-words.ts';
import { ENGLISH_REASONS } from './reasons-english.ts';
import { FRENCH_REASONS } from './reasons-french.ts';

export type { FamilyName, Reason } from './reason-words.ts';

const WORDS: Readonly<Record<'en' | 'fr', ReasonWords>> = { en: ENGLISH_REASONS, fr: FRENCH_REASONS };

/** The words of a language. */
export const reasonWords = (language: 'en' | 'fr'): ReasonWords => WORDS[language];

/** A reason in words. */
export function reasonText({ code, values, family }: Reason, language: 'en' | 'fr' = 'en'): string {
  const { texts, families, colon } = WORDS[language];
  const text = (texts[code] as (values: unknown) => string | undefined)(values) ?? code;
  return family === undefined ? text : `${families[family]}${colon}${text}`;
}
