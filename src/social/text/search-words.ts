/** Code units of one word that is searched; a longer one is cut. */
const LONGEST_WORD = 40;
/** Words of one text, and of one question. */
const MOST_WORDS = 400;
const MOST_ASKED = 8;
/** A beginning of a word is searched from so many letters on; of scripts without blanks, each counts. */
const SHORTEST_BEGINNING = 2;

/** Letters that are written apart and searched together. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th', ς: 'σ', ħ: 'h' },
  ...{ ي: 'ی', ك: 'ک', ى: 'ی', ـ: '' },
};
const APART = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
// Accents go where they are no letters of their own; the vowel signs of Indian scripts stay.
const ACCENTS =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]\p{Mn}*)\p{Mn}/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * The words of a text in the form in which both databases keep and search them: lower case, without accents, one form
 * for letters that people type in several. `Été à Łódź` is `ete a lodz`.
 */
export function searchWords(text: string): string[] {
  const folded = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(APART, (letter) => LETTERS[letter] ?? letter);
  const words: string[] = [];
  for (const [run] of folded.matchAll(WORD)) {
    if (words.length >= MOST_WORDS) break;
    if (!WITHOUT_BLANKS.test(run)) words.push(run.slice(0, LONGEST_WORD));
    else
      for (const { segment, isWordLike } of segmenter.segment(run))
        if (isWordLike) words.push(segment.slice(0, LONGEST_WORD));
  }
  return words;
}

/** A question: every word must be there, and the last may be the beginning of one. */
export interface AskedWords {
  readonly words: readonly string[];
  /** Absent where the last word was ended by a blank. */
  readonly beginning?: string;
}

/** What somebody typed as a question; undefined when no word is in it. */
export function askedWords(typed: string): AskedWords | undefined {
  const words = searchWords(typed.slice(0, 400)).slice(0, MOST_ASKED);
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const isBeginning =
    !/[\s"]$/u.test(typed) && (last.length >= SHORTEST_BEGINNING || WITHOUT_BLANKS.test(last));
  return isBeginning ? { words: words.slice(0, -1), beginning: last } : { words };
}

/** Where words of a question stand in a text, as it was written; in order, each word whole. */
export function matchedIn(text: string, { words, beginning }: AskedWords): [from: number, to: number][] {
  const asked = new Set(words);
  const isAsked = (written: string): boolean =>
    searchWords(written).some(
      (word) => asked.has(word) || (beginning !== undefined && word.startsWith(beginning)),
    );
  const found: [number, number][] = [];
  const add = (from: number, written: string): void => {
    if (isAsked(written)) found.push([from, from + written.length]);
  };
  for (const { 0: run, index } of text.matchAll(WORD))
    if (!WITHOUT_BLANKS.test(run)) add(index, run);
    else
      for (const { segment, index: within, isWordLike } of segmenter.segment(run))
        if (isWordLike) add(index + within, segment);
  return found;
}
