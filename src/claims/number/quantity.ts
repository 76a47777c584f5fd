import { NumberReading } from './number-reading.ts';
import { ABOUT_SO_MANY, DOZENS, HUNDREDS, SIZES } from './number-words.ts';
import type { SaidLanguage } from './numeral.ts';
import { type Exact, type NumberNote, placeOf } from './said-number.ts';
import { isScaleWord, matchAt, type Quantity, type QuantityFound, scaled, scaleOf, wordAt } from './scale.ts';

const HALVES: Readonly<Record<string, Exact>> = {
  half: { value: 0.5, place: 0.1 },
  demi: { value: 0.5, place: 0.1 },
  quarter: { value: 0.25, place: 0.01 },
  quart: { value: 0.25, place: 0.01 },
  'three quarters': { value: 0.75, place: 0.01 },
  'trois quarts': { value: 0.75, place: 0.01 },
};
const HALF =
  /(?:(?:a|an|un|une) )?(half|quarter|demi|quart|three[- ]quarters|trois[- ]quarts)[- ]?(?:of )?(?:(?:a|an|un|d'un|de|d') ?)?(dozen|douzaine|hundred|thousand|million|milliard|billion|trillion)\b/y;
const OF = /(?: of | de | d')/y;

/** The number that begins exactly at `from`. */
export function quantityAt(text: string, from: number, language: SaidLanguage): QuantityFound {
  const base = { from, loose: false, unscaled: false, scale: 0, article: false, notes: [] };
  const half = matchAt(HALF, text, from);
  if (half) {
    const [whole, part = '', word = ''] = half;
    const { value, place } = HALVES[part.replace('-', ' ')] ?? { value: 0.5, place: 0.1 };
    const found = scaleOf(word, language);
    const unit = found ? 10 ** found.power : (DOZENS.get(word) ?? 100);
    return {
      ...{ ...base, to: from + whole.length, scale: found?.power ?? 0 },
      exact: { value: value * unit, place: found ? place * unit : 1 },
      notes: found?.note ? [found.note] : [],
    };
  }
  const size = sizeAt(text, from, language);
  if (size) return { ...base, ...size };
  const many = aboutSoManyAt(text, from, language);
  if (many) return { ...base, ...many };
  return new NumberReading(text, from, language).read();
}

/** "hundreds of thousands", "quelques centaines de milliers", "several thousand". */
function sizeAt(
  text: string,
  from: number,
  language: SaidLanguage,
): Pick<Quantity, 'to' | 'size' | 'exact' | 'notes'> | undefined {
  const few =
    matchAt(/(?:a few|few|several|a couple of|a couple|quelques|plusieurs) /y, text, from)?.[0] ?? '';
  const at = from + few.length;
  const word = wordAt(text, at);
  const own = SIZES.get(word) ?? (word === 'billions' ? [2e9, 999e9] : undefined);
  const one = isScaleWord(word) ? scaleOf(word, language)?.power : HUNDREDS.has(word) ? 2 : undefined;
  if (!own && (few === '' || one === undefined)) return undefined;
  let to = at + word.length;
  let [least, most] = (own ?? [2 * 10 ** (one ?? 0), 10 ** ((one ?? 0) + 1) - 1]) as [number, number];
  const notes: NumberNote[] = [];
  const of = matchAt(OF, text, to);
  const next = of ? wordAt(text, to + of[0].length) : '';
  const unit = next === 'thousands' || next === 'milliers' ? { power: 3 } : scaleOf(next, language);
  if (of && unit && own) {
    to += of[0].length + next.length;
    least = scaled(least, unit.power);
    most = scaled(most + 1, unit.power) - 1;
    if (unit.note) notes.push(unit.note);
  }
  return { to, size: [least, most], exact: { value: least, place: least }, notes };
}

/** "une centaine de milliers". */
function aboutSoManyAt(
  text: string,
  from: number,
  language: SaidLanguage,
): Pick<Quantity, 'to' | 'exact' | 'loose' | 'notes'> | undefined {
  const article = matchAt(/(?:une? )?/y, text, from)?.[0] ?? '';
  const word = wordAt(text, from + article.length);
  const value = ABOUT_SO_MANY.get(word);
  if (value === undefined) return undefined;
  let to = from + article.length + word.length;
  const of = matchAt(OF, text, to);
  const next = of ? wordAt(text, to + of[0].length) : '';
  const unit = next === 'milliers' ? { power: 3 } : scaleOf(next, language);
  if (of && unit) to += of[0].length + next.length;
  const whole = of && unit ? scaled(value, unit.power) : value;
  return { to, exact: { value: whole, place: placeOf(whole) }, loose: true, notes: [] };
}
