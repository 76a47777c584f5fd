/** Letters of other alphabets, and signs, that are taken for Latin ones. Spec: UTS 39, 4 (the part that people use). */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'аa вb сc ԁd еe ҽe ғf ԍg һh іi їi јj кk ӏl мm нh оo рp ԛq гr ѕs тt ѵv ԝw хx уy ү\u0079 зz',
    'αa βb ϲc ԑe εe ηn ιi κk νv οo ρp σo τt υu χx ωw',
    'ıi ɩi ʟl ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz øo łl đd ħh ŧt',
  ]
    .join(' ')
    .split(' ')
    .map((pair) => [[...pair][0] ?? '', [...pair].slice(1).join('')]),
);
/** Digits and signs that stand for letters, inside of words that have a letter. */
const SIGNS: Readonly<Record<string, string>> = Object.fromEntries(
  '0o 1i 3e 4a 5s 7t 8b @a $s !i |l €e £l'.split(' ').map((pair) => [pair[0] ?? '', pair[1] ?? '']),
);
const NO_WIDTH = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu;
/** Marks over letters of these alphabets decorate; in others they are vowels. */
const DECORATION = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;
/** Scripts that put no blank between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** What a word is made of: letters, marks, digits, and the signs that stand for letters. */
const WORD = /[\p{L}\p{M}\p{N}@$!|€£]+/gu;
/** The longest text that is looked at; whatever strangers send is shorter. */
const MOST_TEXT = 20_000;
/** The longest rule, and the most rules of one list. */
export const MOST_BLOCK_RULE = 60;
/** Rules of one list; beyond it a new one is refused. */
export const MOST_BLOCK_RULES = 500;

/** One rule of a list: a word, a few words, or a pattern in which `*` stands for any letters of one word. */
export interface BlockRule {
  /** What a writer is told, in place of the word. */
  readonly name: string;
  readonly pattern: string;
}

/** A rule, ready to be used. */
export interface CompiledBlockRule {
  readonly name: string;
  readonly words: readonly string[];
  /** Also found inside of other words. */
  readonly inside: boolean;
}

/** The text in the form in which it is compared: one case, one width, nothing hidden, no look-alikes. */
const folded = (text: string): string =>
  [
    ...text
      .slice(0, MOST_TEXT)
      .normalize('NFKC')
      .replace(NO_WIDTH, '')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .normalize('NFD')
      .replace(DECORATION, '')
      .normalize('NFC'),
  ]
    .map((letter) => LOOKALIKES[letter] ?? letter)
    .join('');

/** A word with letters in place of the signs that stand for them. */
function plainWord(word: string): string {
  const bare = word.replace(/^[!|]+|[!|]+$/g, '');
  const letters = /\p{L}/u.test(bare) ? [...bare].map((sign) => SIGNS[sign] ?? sign).join('') : bare;
  return letters.replace(/[@$!|€£]/g, '');
}

/** The words of a text; single letters that stand in a row are one word as well. */
function wordsOf(text: string): string[] {
  const words = (folded(text).match(WORD) ?? []).map(plainWord).filter((word) => word !== '');
  const joined: string[] = [];
  let row = '';
  for (const word of [...words, '  ']) {
    if ([...word].length === 1) row += word;
    else {
      if ([...row].length > 2) joined.push(plainWord(row));
      row = '';
    }
  }
  // Letters that are said again and again may stand for one or for two.
  const shorter = [...words, ...joined].flatMap((word) =>
    /(\p{L})\1\1/u.test(word) ? ['$1', '$1$1'].map((by) => word.replace(/(\p{L})\1{2,}/gu, by)) : [],
  );
  return [...words, ...joined, ...shorter];
}

/** Whether a word fits a pattern with `*`: one way forward and one step back, so the time is its length times the pattern's. */
function fits(word: string, pattern: string): boolean {
  let [w, p, star, mark] = [0, 0, -1, 0];
  while (w < word.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      p += 1;
      mark = w;
    } else if (p < pattern.length && pattern[p] === word[w]) {
      w += 1;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      w = mark;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Prepares a rule; undefined for one that would meet nothing, or everything. */
export function compileBlockRule({ name, pattern }: BlockRule): CompiledBlockRule | undefined {
  const words = folded(pattern)
    .split(/[^\p{L}\p{M}\p{N}@$!|€£*]+/u)
    .map((word) => word.split('*').map(plainWord).join('*').replace(/\*+/g, '*'))
    .filter((word) => word !== '');
  if (words.length === 0 || words.some((word) => word.replaceAll('*', '') === '')) return undefined;
  return { name, words, inside: UNSPACED.test(pattern) };
}

/** The first rule that a text breaks; undefined when it may be written. */
export function checkText(text: string, rules: readonly CompiledBlockRule[]): CompiledBlockRule | undefined {
  if (rules.length === 0) return undefined;
  const words = wordsOf(text);
  const all = words.join(' ');
  return rules.find(({ words: wanted, inside }) => {
    if (inside) return all.includes(wanted.join(' ').replaceAll('*', ''));
    const [first = ''] = wanted;
    return words.some(
      (word, at) => fits(word, first) && wanted.every((one, i) => i === 0 || fits(words[at + i] ?? '', one)),
    );
  });
}

/** The refusal to whoever wrote what a rule does not accept: the rule has a name, the word is not repeated. */
export const notAccepted = (field: string, rule: string): string =>
  `${field}: this text was not accepted. It breaks the rule “${rule}” of this room or server: write it differently`;
