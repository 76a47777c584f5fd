import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A code that nobody guesses and everybody can read aloud: 12 of 31 letters and digits, 59 bits. */
export const newCode = (): string =>
  Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** A code as people read it, in threes. */
export const spaced = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-').toUpperCase();
