import type { Language } from '../../kit/words.ts';
import { english } from './english.ts';
import { french } from './french.ts';

/** The texts of the studio page. */
export type StudioWords = typeof english;

/** The catalogue of a language. */
export const wordsOf = (language: Language): StudioWords => (language === 'fr' ? french : english);
