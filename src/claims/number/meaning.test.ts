import { describe, expect, test } from 'vitest';
import { readable } from './characters.ts';
import { numbersIn } from './numbers.ts';
import type { SaidLanguage } from './numeral.ts';
import type { SaidNumber } from './said-number.ts';

const read = (text: string, language: SaidLanguage): SaidNumber | string => {
  const plain = readable(text);
  if ('why' in plain) return plain.why;
  const found = numbersIn(plain.text, language);
  if (typeof found === 'string') return found;
  if (found.length !== 1) return found.length === 0 ? 'no-number' : 'two-numbers';
  return found[0]!.number;
};
/** `text | low | high | bound`: from `low`, up to but without `high`. */
const MEANT = `
1.4 million | 1350000 | 1450000 | rounded
1.40 million | 1395000 | 1405000 | rounded
1,402,117 | 1402116.5 | 1402117.5 | rounded
24 million | 23500000 | 24500000 | rounded
60 million | 55000000 | 65000000 | rounded
1 million | 950000 | 1500000 | rounded
1.0 million | 995000 | 1050000 | rounded
300,000 | 250000 | 350000 | rounded
20 listeners | 19.5 | 20.5 | rounded
120 listeners | 115 | 125 | rounded
100 listeners | 99.5 | 105 | rounded
half a million | 450000 | 550000 | rounded
about 1 billion | 900000000 | 1500000000 | about
about 24 million | 21600000 | 26400000 | about
some 1.4 million | 1260000 | 1540000 | about
nearly 24 million | 21600000 | 24500000 | nearly
more than 24 million | 24000000 | Infinity | at-least
24 million or more | 24000000 | Infinity | at-least
24+ million | 24000000 | Infinity | at-least
less than 24 million | 0 | 24500000 | at-most
up to 24 million | 0 | 24500000 | at-most
hundreds of thousands | 200000 | 1000000 | between
tens of thousands | 20000 | 100000 | between
dozens | 24 | 100 | between
hundreds | 200 | 1000 | between
millions | 2000000 | 1000000000 | between
several thousand | 2000 | 10000 | between
a few hundred | 200 | 1000 | between
1.4–1.6 million | 1350000 | 1650000 | between
1.4 to 1.6 million | 1350000 | 1650000 | between
between 300,000 and 400,000 | 250000 | 450000 | between
from 20 to 30 | 19.5 | 30.5 | between
300-400 thousand | 295000 | 450000 | between
exactly 24 million | 23500000 | 24500000 | rounded
`
  .trim()
  .split('\n')
  .map((line) => line.split(' | ') as [string, string, string, string]);
const MEANT_FRENCH = `
des centaines de milliers | 200000 | 1000000 | between
quelques centaines de milliers | 200000 | 1000000 | between
des milliers | 2000 | 1000000 | between
des dizaines de millions | 20000000 | 100000000 | between
plusieurs millions | 2000000 | 1000000000 | between
des douzaines | 24 | 100 | between
une centaine | 90 | 110 | about
près de 24 millions | 21600000 | 24500000 | nearly
plus de 24 millions | 24000000 | Infinity | at-least
au moins 24 millions | 24000000 | Infinity | at-least
moins de 24 millions | 0 | 24500000 | at-most
entre 1,4 et 1,6 million | 1350000 | 1650000 | between
de 1,4 à 1,6 million | 1350000 | 1650000 | between
plus ou moins 24 millions | 21600000 | 26400000 | about
deux cent mille | 150000 | 250000 | rounded
`
  .trim()
  .split('\n')
  .map((line) => line.split(' | ') as [string, string, string, string]);

describe.each([
  ['en', MEANT],
  ['fr', MEANT_FRENCH],
] as const)('what a number stands for, in %s', (language, table) => {
  test.each(table)('%s: from %s below %s, %s', (text, low, high, bound) => {
    const found = read(text, language);
    if (typeof found === 'string') throw new Error(found);
    expect(found.low).toBeCloseTo(Number(low), 3);
    if (high === 'Infinity') expect(found.high).toBe(Number.POSITIVE_INFINITY);
    else expect(found.high).toBeCloseTo(Number(high), 3);
    expect(found.bound).toBe(bound);
  });
});

test('milliard is no million, and billion is 10^12 in French: the other reading is told', () => {
  expect(read('un milliard', 'fr')).toMatchObject({ value: 1e9, notes: [] });
  expect(read('un million', 'fr')).toMatchObject({ value: 1e6, notes: [] });
  expect(read('1 billion', 'fr')).toMatchObject({ value: 1e12, notes: ['long-billion'] });
  expect(read('1 billion', 'en')).toMatchObject({ value: 1e9, notes: ['short-billion'] });
  expect(read('1,400 million', 'fr')).toMatchObject({ value: 1.4e6, notes: ['separator'] });
  expect(read('1,400 million', 'en')).toMatchObject({ value: 1.4e9, notes: ['separator'] });
});
