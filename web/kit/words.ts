import type { detailsEnglish } from './details-english.ts';
import { english } from './english.ts';

/** What the listeners' pages say before the first sound. */
export type Words = typeof english;
/** What they say beyond that. */
export type Details = typeof detailsEnglish;
/** Both. */
export type AllWords = Words & Details;

/** The languages of the pages. */
export type Language = 'en' | 'fr';

const KEY = 'earshot-language';

/** The person's last choice, else their browser's language, else English. */
export function language(): Language {
  const chosen = kept(KEY);
  if (chosen === 'fr' || chosen === 'en') return chosen;
  const first = navigator.languages.find((tag) => /^(fr|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

/** Remembers the choice for every page of this server. */
export const chooseLanguage = (chosen: Language): void => keep(KEY, chosen);

/** The catalogue of a language; English is always there, French is fetched by those who read it. */
export async function wordsOf(chosen: Language): Promise<Words> {
  return chosen === 'fr' ? (await import('./french.ts')).french : english;
}

/** The whole catalogue: the details are fetched, so that they do not stand before the first sound. */
export async function allWordsOf(words: Words): Promise<AllWords> {
  const details =
    words.locale === 'fr'
      ? (await import('./details-french.ts')).detailsFrench
      : (await import('./details-english.ts')).detailsEnglish;
  return { ...words, ...details };
}

/** Reads a setting of this browser, or null where storage is forbidden. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a setting in this browser where that is allowed. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still plays.
  }
}
