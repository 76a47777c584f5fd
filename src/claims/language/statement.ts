import { readable, type Unreadable } from '../number/characters.ts';
import { numbersIn } from '../number/numbers.ts';
import type { SaidLanguage } from '../number/numeral.ts';
import type { SaidNumber } from '../number/said-number.ts';
import { type NounFound, nounIn } from './noun.ts';
import { type SaidTime, timeIn } from './said-time.ts';

/** What a sentence claims. */
export interface Statement {
  readonly number: SaidNumber;
  readonly noun: NounFound;
  readonly time?: SaidTime;
  readonly language: SaidLanguage;
}

/** A sentence that adds numbers of different things: the numbers are kept apart, and the sum is refused. */
export interface Addition {
  readonly terms: readonly Statement[];
}

/** The meaning of a sentence, or why it was not understood. */
export type StatementRead =
  | { readonly statement: Statement }
  | { readonly addition: Addition }
  | { readonly why: Unreadable };

const FRENCH =
  /\b(?:le|la|les|l'|d'|de|des|du|dans|en|et|ont|etait|etaient|avait|est|sur|pour|plus|moins|pres|environ|presque|une|auditeurs?|auditrices?|vues?|ecoutes?|personnes?|gens|salle|heures?|milliards?|mille|cents?|deux|trois|quatre|cinq|sept|huit|neuf|dix|vingt|connectes?|rediffusions?|telechargements?|tentatives?|spectateurs?)(?![\p{L}])/gu;
const ENGLISH =
  /\b(?:the|of|in|at|on|and|were|was|had|has|have|for|over|more|than|nearly|almost|about|people|listeners?|listening|views?|viewers|plays?|joins?|joined|room|thousand|hundred|two|three|four|five|seven|eight|nine|ten|twenty|downloads?|attempts|a)(?![\p{L}])/gu;
const count = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

/** Guesses the language of a text: French if more of its words are French than English. */
export const languageOfText = (text: string): SaidLanguage =>
  count(FRENCH, text) > count(ENGLISH, text) ? 'fr' : 'en';

const COUNTED_TIME: ReadonlySet<string> = new Set(['hours', 'minutes', 'seconds']);
const NO_NUMBER = /\b(?:nan|infinity|infinite|infini|infinie)\b|∞/;

/** Understands a sentence such as "1.4 million listeners at 20:40". `language`: set when it is known. */
export function readStatement(text: string, language?: SaidLanguage): StatementRead {
  const plain = readable(text);
  if ('why' in plain) return plain;
  const tongue = language ?? languageOfText(plain.text);
  const parts = plain.text.split(
    / ?(?:\+| plus | added to | together with | ajoute(?:e?s)? a ) ?(?=[\p{L}\d])/u,
  );
  if (parts.length > 1 && parts.length <= 8) {
    const terms = parts.map((part) => oneStatement(part, tongue));
    // "plus de" and "24+" are no additions.
    if (terms.every((term) => 'statement' in term))
      return { addition: { terms: terms.map(({ statement }) => statement) } };
  }
  return oneStatement(plain.text, tongue);
}

function oneStatement(text: string, language: SaidLanguage): { statement: Statement } | { why: Unreadable } {
  const timed = timeIn(text);
  if (timed === 'unclear-time') return { why: timed };
  const numbers = numbersIn(timed.rest, language);
  if (typeof numbers === 'string') return { why: numbers };
  const [first, ...more] = numbers;
  if (!first) return { why: NO_NUMBER.test(text) ? 'not-a-number' : 'no-number' };
  if (more.length > 0) return { why: 'two-numbers' };
  // Where the number stood, nothing is to be read as a noun: "cents".
  const around = `${timed.rest.slice(0, first.from)} ; ${timed.rest.slice(first.to)}`;
  const { time } = timed;
  const noun = nounIn(around, timed);
  // Nobody counts one and a half listeners: a word for thousands or millions was not understood, or is missing.
  if (
    !Number.isInteger(first.number.value) &&
    first.number.bound !== 'between' &&
    !COUNTED_TIME.has(noun.noun.id)
  )
    return { why: 'unclear-number' };
  return {
    statement: { number: first.number, noun, language, ...(time ? { time } : {}) },
  };
}
