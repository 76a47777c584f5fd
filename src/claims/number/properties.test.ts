import { expect, test } from 'vitest';
import { readStatement } from '../language/statement.ts';
import { readable } from './characters.ts';
import { numbersIn } from './numbers.ts';
import type { SaidLanguage } from './numeral.ts';

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const valueIn = (text: string, language: SaidLanguage): number | string => {
  const plain = readable(text);
  if ('why' in plain) return plain.why;
  const found = numbersIn(plain.text, language);
  if (typeof found === 'string') return found;
  return found.length === 1 ? found[0]!.number.value : `${found.length} numbers`;
};

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** English in words, written without looking at the parser: the way of a style guide. */
function english(n: number): string {
  if (n < 20) return ONES[n]!;
  if (n < 100) return TENS[Math.floor(n / 10) - 2]! + (n % 10 ? `-${ONES[n % 10]}` : '');
  if (n < 1000) return `${ONES[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${english(n % 100)}` : ''}`;
  for (const [size, name] of [
    [1e12, 'trillion'],
    [1e9, 'billion'],
    [1e6, 'million'],
    [1e3, 'thousand'],
  ] as const) {
    if (n >= size) {
      const rest = n % size;
      const joint = rest > 0 && rest < 100 ? ' and ' : ' ';
      return `${english(Math.floor(n / size))} ${name}${rest ? joint + english(rest) : ''}`;
    }
  }
  return '';
}

const UNS =
  'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf'.split(
    ' ',
  );
const DIX = '. . vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt'.split(' ');
/** French in words, by the rules of before 1990. */
function french(n: number, last = true): string {
  if (n < 20) return UNS[n]!;
  if (n < 100) {
    const ten = Math.floor(n / 10);
    const rest = n - (ten === 7 || ten === 9 ? ten - 1 : ten) * 10;
    if (rest === 0) return ten === 8 && last ? 'quatre-vingts' : DIX[ten]!;
    const and = (rest === 1 || rest === 11) && ten < 8;
    return `${DIX[ten]}${and ? ' et ' : '-'}${french(rest)}`;
  }
  if (n < 1000) {
    const head = n < 200 ? 'cent' : `${UNS[Math.floor(n / 100)]} cent`;
    return n % 100 ? `${head} ${french(n % 100, last)}` : head + (n >= 200 && last ? 's' : '');
  }
  if (n < 1e6) {
    const head = n < 2000 ? 'mille' : `${french(Math.floor(n / 1000), false)} mille`;
    return n % 1000 ? `${head} ${french(n % 1000)}` : head;
  }
  const [size, name] = n >= 1e9 ? [1e9, 'milliard'] : [1e6, 'million'];
  const many = Math.floor(n / size);
  const head = `${french(many)} ${name}${many > 1 ? 's' : ''}`;
  return n % size ? `${head} ${french(n % size)}` : head;
}

const grouped = (n: number, separator: string): string => String(n).replace(/\B(?=(\d{3})+$)/g, separator);
const digitsFrom = (n: number, zero: number): string =>
  [...String(n)].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');

const random = seeded(20240812);
const some = (count: number): number[] =>
  Array.from({ length: count }, () => Math.floor(10 ** (random() * 12)));

test('a number written in any of twenty ways is read as itself', () => {
  for (const n of [...Array(2_000).keys(), ...some(3_000)]) {
    const ways: [string, SaidLanguage][] = [
      [String(n), 'en'],
      [grouped(n, ','), 'en'],
      [grouped(n, '.'), 'fr'],
      [grouped(n, ' '), 'fr'],
      [grouped(n, '\u202f'), 'fr'],
      [grouped(n, '\u00a0'), 'fr'],
      [grouped(n, "'"), 'en'],
      [`${english(n)} listeners`, 'en'],
      [`${english(n).toUpperCase()} LISTENERS`, 'en'],
      [`${french(n)} auditeurs`, 'fr'],
      [`${french(n).normalize('NFD')} auditeurs`, 'fr'],
      [`${french(n).replaceAll('-', ' ')} auditeurs`, 'fr'],
      [`${french(n).replaceAll(' ', '-')} auditeurs`, 'fr'],
      [digitsFrom(n, 0x660), 'en'],
      [digitsFrom(n, 0x966), 'en'],
      [digitsFrom(n, 0xff10), 'en'],
      [`${n} listeners`, 'en'],
      [`(${grouped(n, ',')})`, 'en'],
      [`about ${n} people`, 'en'],
      [`plus de ${grouped(n, ' ')} personnes`, 'fr'],
    ];
    for (const [text, language] of ways)
      if (valueIn(text, language) !== n) expect([text, valueIn(text, language)]).toEqual([text, n]);
  }
});

test('a number with a fraction of a million is read to its own digits', () => {
  for (let i = 0; i < 3_000; i++) {
    const decimals = 1 + Math.floor(random() * 3);
    const mantissa = (random() * 900 + 1).toFixed(decimals);
    const n = Number(`${mantissa}e6`);
    if (mantissa.length === 7 && decimals === 3) continue;
    expect([mantissa, valueIn(`${mantissa} million`, 'en')]).toEqual([mantissa, n]);
    expect([mantissa, valueIn(`${mantissa}M`, 'en')]).toEqual([mantissa, n]);
    expect([mantissa, valueIn(`${mantissa.replace('.', ',')} millions`, 'fr')]).toEqual([mantissa, n]);
  }
});

test('whatever rounds to a number stands for it, and what does not stands for none', () => {
  for (const n of some(2_000)) {
    const digits = 1 + Math.floor(random() * 5);
    const rounded = Number(n.toPrecision(digits));
    const plain = readable(String(rounded));
    const found = 'text' in plain ? numbersIn(plain.text, 'en') : plain.why;
    if (typeof found === 'string') throw new Error(found);
    const { low, high } = found[0]!.number;
    // Below a thousand, more digits are meant than are written.
    if (rounded >= 1_000) expect([n, rounded, low <= n && n <= high]).toEqual([n, rounded, true]);
    expect(low).toBeGreaterThanOrEqual(rounded * 0.5);
    expect(high).toBeLessThanOrEqual(Math.max(rounded * 1.5, 1));
  }
});

const PIECES = [
  ..."0 1 9 . , ' - – − + % ~ > < ( ) ; : / ^ e k m bn h".split(' '),
  ...'million milliard billion thousand mille cent hundred and et a de un une one half demi'.split(' '),
  ...'dozens hundreds of thousands milliers between entre more than plus de moins nearly au'.split(' '),
  ...'listeners views people auditeurs vues at 20:40 à 20 h 40 pm UTC first hour peak on 12 August 2024'.split(
    ' ',
  ),
  ...['\u200b', '\u202e', 'і', '٤', '𝟏', '½', '\ud800', '\0', '🎉', '\u0301', ' ', '  ', '\n'],
];

test('a hundred thousand strings of anything are read or refused, none slowly', () => {
  let slowest = { ms: 0, text: '' };
  for (let i = 0; i < 100_000; i++) {
    const length = 1 + Math.floor(random() * (i % 100 === 0 ? 150 : 12));
    let text = '';
    for (let k = 0; k < length; k++)
      text +=
        random() < 0.9
          ? PIECES[Math.floor(random() * PIECES.length)] + (random() < 0.6 ? ' ' : '')
          : String.fromCharCode(random() * 65_536);
    const from = performance.now();
    const found = readStatement(text, i % 2 ? 'fr' : 'en');
    let took = performance.now() - from;
    if (took > 5) {
      // Another program may have had the processor: what is slow is slow every time.
      for (let turn = 0; turn < 5; turn++) {
        const again = performance.now();
        readStatement(text, i % 2 ? 'fr' : 'en');
        took = Math.min(took, performance.now() - again);
      }
    }
    if (took > slowest.ms) slowest = { ms: took, text };
    if ('statement' in found) {
      const { value, low, high } = found.statement.number;
      if (!(value >= 0 && value <= 1e15 && low >= 0 && high >= low))
        expect([text, value, low, high]).toEqual([]);
    }
  }
  expect(slowest.ms, slowest.text).toBeLessThan(5);
});

test('long repetitions are refused or read at once', () => {
  for (const piece of [
    '1 ',
    '1,',
    'million ',
    'a ',
    'hundreds of ',
    'one and ',
    '20:40 ',
    '- ',
    'de ',
    "1'000 ",
    'first ',
  ])
    for (const text of [piece.repeat(400 / piece.length), piece.repeat(100_000)]) {
      let took = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 5; turn++) {
        const from = performance.now();
        readStatement(text);
        took = Math.min(took, performance.now() - from);
      }
      expect(took, piece).toBeLessThan(5);
    }
});
