import type { detailsEnglish } from './details-english.ts';
import type { english } from './english.ts';

/** The texts that a listener's page needs before the first sound. */
export type ListenWords = typeof english;
/** The texts that are fetched after it. */
export type Details = typeof detailsEnglish;
/** All texts of the listeners' pages. */
export type AllWords = ListenWords & Details;

/** The languages of the pages. */
export type Language = 'en' | 'fr';

const KEY = 'earshot-language';

/** The person's last choice, otherwise their browser's language, otherwise English. */
export function language(): Language {
  const chosen = kept(KEY);
  if (chosen === 'fr' || chosen === 'en') return chosen;
  const first = navigator.languages.find((tag) => /^(fr|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

/** Remembers the choice for every page of this server. */
export const chooseLanguage = (chosen: Language): void => keep(KEY, chosen);

/** The catalogue of a language: the one that a page speaks is fetched, and the server has its browser begin early. */
export async function wordsOf(chosen: Language): Promise<ListenWords> {
  return chosen === 'fr' ? (await import('./french.ts')).french : (await import('./english.ts')).english;
}

/** The whole catalogue. The details are fetched separately, so that they do not delay the first sound. */
export async function allWordsOf(words: ListenWords): Promise<AllWords> {
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
    // A browser that stores nothing can still play.
  }
}
