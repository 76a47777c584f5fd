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
/** `text = value`, one a line; values in figures. */
const cases = (table: string): (readonly [string, string])[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const at = line.lastIndexOf(' = ');
      return [line.slice(0, at).trim(), line.slice(at + 3).trim()] as const;
    });

const BOTH = `
0 = 0
1 = 1
7 = 7
42 = 42
999 = 999
1000 = 1000
20640 = 20640
1402117 = 1402117
1 402 117 = 1402117
1 402 117 = 1402117
1 402 117 = 1402117
1'402'117 = 1402117
1’402’117 = 1402117
1.402.117 = 1402117
1,402,117 = 1402117
1 400 000 = 1400000
1.400.000 = 1400000
1,400,000 = 1400000
12 000 = 12000
14,00,000 = 1400000
1,40,21,170 = 14021170
183M = 183000000
183m = 183000000
183 M = 183000000
24m = 24000000
60k = 60000
60K = 60000
60 k = 60000
2.5bn = 2500000000
2.5 bn = 2500000000
2,5bn = 2500000000
1.4M = 1400000
1,4M = 1400000
1.4 mio = 1400000
1.4 mln = 1400000
1,4 Md = 1400000000
2 Mds = 2000000000
3 mrd = 3000000000
1b = 1000000000
1.4e6 = 1400000
1e9 = 1000000000
1.4 million = 1400000
1,4 million = 1400000
1,4 millions = 1400000
24 million = 24000000
24 millions = 24000000
24-million = 24000000
1 milliard = 1000000000
1,5 milliard = 1500000000
1.40 million = 1400000
.5 million = 500000
0.5 million = 500000
0,5 million = 500000
½ million = 500000
1½ million = 1500000
2¼ million = 2250000
2¾ million = 2750000
１４ million = 14000000
１，４０２，１１７ = 1402117
٢٤ million = 24000000
١٬٤٠٢٬١١٧ = 1402117
١٫٤ million = 1400000
२४ million = 24000000
২৪ million = 24000000
๒๔ million = 24000000
𝟏𝟖𝟑 million = 183000000
1 234 567,5 = 1234567.5
1,234,567.5 = 1234567.5
1.234.567,5 = 1234567.5
000123 = 123
1.0 million = 1000000
24+ million = 24000000
1.4M+ = 1400000
≈24 million = 24000000
~24 million = 24000000
> 24 million = 24000000
`;

const ENGLISH = `
zero = 0
one listener = 1
two = 2
three = 3
six = 6
ten = 10
eleven = 11
twelve = 12
thirteen = 13
nineteen = 19
twenty = 20
twenty-one = 21
twenty one = 21
thirty-two = 32
forty-four = 44
fifty = 50
sixty-six = 66
seventy = 70
eighty-eight = 88
ninety-nine = 99
a hundred = 100
one hundred = 100
one hundred and one = 101
one hundred one = 101
two hundred = 200
three hundred and forty-five = 345
nine hundred ninety-nine = 999
a thousand = 1000
one thousand = 1000
one thousand two hundred = 1200
one thousand and five = 1005
twelve hundred = 1200
two thousand five hundred = 2500
two thousand five hundred and sixty-seven = 2567
ten thousand = 10000
twenty-four thousand = 24000
a hundred thousand = 100000
two hundred thousand = 200000
two hundred and fifty thousand = 250000
three hundred forty-two thousand five hundred sixty-one = 342561
a million = 1000000
one million = 1000000
two million = 2000000
twenty-four million = 24000000
one hundred and eighty-three million = 183000000
one hundred eighty three million = 183000000
one million four hundred thousand = 1400000
one million four hundred and two thousand one hundred and seventeen = 1402117
a billion = 1000000000
one billion = 1000000000
1 billion = 1000000000
two billion five hundred million = 2500000000
a trillion = 1000000000000
1.5 trillion = 1500000000000
half a million = 500000
a half million = 500000
half a billion = 500000000
half a million listeners = 500000
a quarter of a million = 250000
a quarter million = 250000
three quarters of a million = 750000
a million and a half = 1500000
one and a half million = 1500000
two and a half million = 2500000
two and a half thousand = 2500
1 and a half million = 1500000
two million and a half = 2500000
one point four million = 1400000
one point four zero two million = 1402000
twenty-four point five million = 24500000
zero point five million = 500000
a dozen = 12
half a dozen = 6
two dozen = 24
three dozen = 36
a score = 20
12 hundred = 1200
3 hundred thousand = 300000
300 thousand = 300000
24 thousand = 24000
12 lakh = 1200000
2 crore = 20000000
1,400 = 1400
1.400 = 1400
1,400 million = 1400000000
1.400 million = 1400000
1,402.5 thousand = 1402500
a thousand million = 1000000000
a hundred thousand million = 100000000000
about 1 billion = 1000000000
around 24 million = 24000000
roughly 24 million = 24000000
approximately 24 million = 24000000
approx. 24 million = 24000000
circa 24 million = 24000000
some 24 million = 24000000
24 million or so = 24000000
nearly 24 million = 24000000
almost 24 million = 24000000
close to 24 million = 24000000
just under 24 million = 24000000
just over 24 million = 24000000
more than 24 million = 24000000
over 24 million = 24000000
at least 24 million = 24000000
no fewer than 24 million = 24000000
upwards of 24 million = 24000000
24 million or more = 24000000
less than 24 million = 24000000
fewer than 24 million = 24000000
under 24 million = 24000000
up to 24 million = 24000000
at most 24 million = 24000000
no more than 24 million = 24000000
exactly 24 million = 24000000
It was 24 million. = 24000000
(24 million) = 24000000
"24 million" = 24000000
24 million! = 24000000
24 million, they said = 24000000
ONE POINT FOUR MILLION = 1400000
One Billion = 1000000000
`;

const FRENCH = `
zéro = 0
un auditeur = 1
une personne = 1
deux = 2
trois = 3
cinq = 5
six = 6
sept = 7
huit = 8
neuf = 9
dix = 10
onze = 11
douze = 12
treize = 13
quatorze = 14
quinze = 15
seize = 16
dix-sept = 17
dix-huit = 18
dix-neuf = 19
vingt = 20
vingt et un = 21
vingt-et-un = 21
vingt-deux = 22
vingt deux = 22
trente = 30
trente et un = 31
quarante-quatre = 44
cinquante-cinq = 55
soixante = 60
soixante-neuf = 69
soixante-dix = 70
soixante et onze = 71
soixante-et-onze = 71
soixante-douze = 72
soixante-dix-sept = 77
quatre-vingts = 80
quatre-vingt-un = 81
quatre-vingt-dix = 90
quatre-vingt-onze = 91
quatre-vingt-dix-sept = 97
quatre-vingt-dix-neuf = 99
quatre vingt dix = 90
septante = 70
septante-deux = 72
huitante = 80
octante = 80
nonante = 90
nonante-neuf = 99
cent = 100
cent un = 101
cent vingt = 120
cent quatre-vingts = 180
deux cents = 200
deux cent = 200
trois cent quarante-cinq = 345
neuf cent quatre-vingt-dix-neuf = 999
mille = 1000
mille deux cents = 1200
deux mille = 2000
deux mille cinq = 2005
deux mille cinq cents = 2500
dix mille = 10000
soixante-dix mille = 70000
quatre-vingt mille = 80000
quatre-vingt-dix mille = 90000
cent mille = 100000
deux cent mille = 200000
deux cent cinquante mille = 250000
deux cent quarante-trois mille cinq cent douze = 243512
un million = 1000000
deux millions = 2000000
vingt-quatre millions = 24000000
cent quatre-vingt-trois millions = 183000000
un million quatre cent mille = 1400000
un million quatre cent deux mille cent dix-sept = 1402117
un million et demi = 1500000
deux millions et demi = 2500000
2 millions et demi = 2500000
un milliard = 1000000000
un milliard et demi = 1500000000
deux milliards = 2000000000
mille millions = 1000000000
1 billion = 1000000000000
un billion = 1000000000000
un demi-million = 500000
un demi million = 500000
un quart de million = 250000
trois quarts de million = 750000
un virgule quatre million = 1400000
un virgule quatorze million = 1140000
vingt-quatre virgule cinq millions = 24500000
zéro virgule cinq million = 500000
une douzaine = 12
une demi-douzaine = 6
deux douzaines = 24
une dizaine = 10
une quinzaine = 15
une vingtaine = 20
une trentaine = 30
une quarantaine = 40
une cinquantaine = 50
une soixantaine = 60
une centaine = 100
un millier = 1000
une centaine de milliers = 100000
une dizaine de millions = 10000000
une centaine de millions = 100000000
300 mille = 300000
3 cent mille = 300000
1,4 million d'auditeurs = 1400000
1,400 million = 1400000
1.400 millions = 1400000000
1 400 millions = 1400000000
1.400 auditeurs = 1400
1,400 auditeurs = 1400
environ 24 millions = 24000000
à peu près 24 millions = 24000000
autour de 24 millions = 24000000
aux alentours de 24 millions = 24000000
dans les 24 millions = 24000000
quelque 24 millions = 24000000
24 millions environ = 24000000
près de 24 millions = 24000000
près d’un milliard = 1000000000
presque 24 millions = 24000000
quasiment 24 millions = 24000000
un peu moins de 24 millions = 24000000
un peu plus de 24 millions = 24000000
plus de 24 millions = 24000000
plus d’un million = 1000000
au moins 24 millions = 24000000
pas moins de 24 millions = 24000000
24 millions ou plus = 24000000
moins de 24 millions = 24000000
moins d'un million = 1000000
au plus 24 millions = 24000000
jusqu’à 24 millions = 24000000
pas plus de 24 millions = 24000000
exactement 24 millions = 24000000
un record de 24 millions = 24000000
une audience de 24 millions = 24000000
« 24 millions » = 24000000
DEUX CENT MILLE = 200000
Vingt-Quatre Millions = 24000000
quatre‑vingt‑dix = 90
`;

const REFUSED: readonly (readonly [SaidLanguage, string, string])[] = [
  ['en', '', 'empty'],
  ['en', '   ', 'empty'],
  ['en', 'listeners', 'no-number'],
  ['en', 'NaN listeners', 'no-number'],
  ['en', 'Infinity', 'no-number'],
  ['en', '-5', 'negative'],
  ['en', '−5 listeners', 'negative'],
  ['en', '–5', 'negative'],
  ['en', 'minus five', 'negative'],
  ['en', 'it was -24 million', 'negative'],
  ['fr', 'moins cinq', 'negative'],
  ['fr', 'moins 5 auditeurs', 'negative'],
  ['en', '1e400', 'too-large'],
  ['en', '1e16', 'too-large'],
  ['en', `1${'0'.repeat(399)}`, 'too-large'],
  ['en', '99999999999999999999', 'too-large'],
  ['en', '9,999 trillion', 'too-large'],
  ['fr', '1 trillion', 'too-large'],
  ['en', 'a million million million', 'too-large'],
  ['en', '10^400', 'unclear-number'],
  ['en', '10**9', 'unclear-number'],
  ['en', '10⁹ listeners', 'unclear-number'],
  ['en', '1.2.3', 'unclear-number'],
  ['en', '1,2,3,4', 'unclear-number'],
  ['en', '1,4.0.2', 'unclear-number'],
  ['en', '1⁄3 million', 'unclear-number'],
  ['en', '12abc', 'unclear-number'],
  ['en', '24%', 'share'],
  ['en', '24 percent of all', 'share'],
  ['fr', '24 pour cent', 'share'],
  ['fr', '24 % des auditeurs', 'share'],
  ['en', 'two thirds', 'share'],
  ['fr', 'deux tiers', 'share'],
  ['en', '1.4 million listeners and 24 million views', 'two-numbers'],
  ['en', 'one million and two million', 'two-numbers'],
  ['fr', '60 millions, puis 183 millions', 'two-numbers'],
  ['en', '1.4\u200bmillion', 'hidden-characters'],
  ['en', '1\u200b4 million', 'hidden-characters'],
  ['en', '\ufeff1.4 million', 'hidden-characters'],
  ['en', '1.4\u202e million', 'hidden-characters'],
  ['en', '1\u00ad4', 'hidden-characters'],
  ['en', '1\u034f4', 'hidden-characters'],
  ['en', '1\u31644', 'hidden-characters'],
  ['en', '1\u0000', 'hidden-characters'],
  ['en', '1\ud800', 'hidden-characters'],
  ['en', '\u{e0031}4', 'hidden-characters'],
  ['en', '1.4 mіllion', 'mixed-scripts'],
  ['en', '24 viеws', 'mixed-scripts'],
  ['en', '1٤00', 'mixed-scripts'],
  ['en', '१4 million', 'mixed-scripts'],
  ['en', `1${' listeners'.repeat(100)}`, 'too-long'],
  ['en', 'x'.repeat(100_000), 'too-long'],
];

describe.each([
  ['both, read as English', 'en', BOTH],
  ['both, read as French', 'fr', BOTH],
  ['English', 'en', ENGLISH],
  ['French', 'fr', FRENCH],
] as const)('numbers of %s', (_, language, table) => {
  test.each(cases(table))('%s is %s', (text, value) => {
    const found = read(text, language);
    expect(typeof found === 'string' ? found : found.value).toBe(Number(value));
  });
});

test('there are four hundred cases and more', () => {
  const count = 2 * cases(BOTH).length + cases(ENGLISH).length + cases(FRENCH).length + REFUSED.length;
  expect(count).toBeGreaterThanOrEqual(400);
});

test.each(REFUSED)('%s: "%.40s" is refused: %s', (language, text, why) => {
  expect(read(text, language)).toBe(why);
});
