import { english } from './english.ts';
import { french } from './french.ts';

/** Every sentence of the studio page. */
export type Words = typeof english;

/** The languages of the page. */
export type Language = 'en' | 'fr';

/** The catalogue of a language. */
export const wordsOf = (language: Language): Words => (language === 'fr' ? french : english);

/** The language to begin with: the person's last choice, else their browser's, else English. */
export function firstLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen === 'fr' || chosen === 'en') return chosen;
  for (const tag of preferred) {
    if (/^fr\b/i.test(tag)) return 'fr';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
