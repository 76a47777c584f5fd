import type { PageLanguage } from '../../base/negotiation.ts';
import type { ClaimWords } from './claim-words.ts';
import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';

/** The catalogue of texts in a language. */
export const claimWords = (language: PageLanguage): ClaimWords => (language === 'fr' ? FRENCH : ENGLISH);
