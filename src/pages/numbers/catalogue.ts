import type { PageLanguage } from '../../base/negotiation.ts';
import { numbersEnglish } from './english.ts';
import { numbersFrench } from './french.ts';
import type { NumbersWords } from './words.ts';

/** The words of the numbers page in a language. */
export const numbersWords = (language: PageLanguage): NumbersWords =>
  language === 'fr' ? numbersFrench : numbersEnglish;
