import type { Unreadable } from './characters.ts';
import { AFTER, BEFORE } from './number-words.ts';
import type { SaidLanguage } from './numeral.ts';
import { quantityAt } from './quantity.ts';
import { between, type Exact, type SaidBound, type SaidNumber, said, sized } from './said-number.ts';
import type { Quantity } from './scale.ts';

/** Words before a number are looked for in so many characters. */
const LOOK_BACK = 40;
const LOOK_AHEAD = 24;

/** A number, and its position in the text. */
export interface NumberFound {
  readonly number: SaidNumber;
  readonly from: number;
  readonly to: number;
}

const RANGE = /^ ?(?:-|(?:to|and|a|et|or|ou|jusqu'a)\b) ?/;
const SHARE =
  /^ ?(?:%|percent\b|per cent\b|pour cent\b|pourcents?\b|thirds?\b|quarters?\b|tiers\b|quarts?\b|fifths?\b|tenths?\b)/;
const PART = /\b(?:half|third|quarter|moitie|tiers|quart)s? (?:of|de|des|d')\s?$/;
/** After a number: a word for a power of ten in another language, or a script that is not read here. */
const FOREIGN = /^[ -]?(?:(?:mil|tausend|bill|trill)\p{L}*|(?!\p{Script=Latin})\p{L})/u;
const MINUS = /(?:^|[^\p{L}\d])-\s?$|(?<!\bau |\bou )\b(?:minus|moins|negative)\s$/u;

/** Finds every number in a normalised text, or says why they are ambiguous. */
export function numbersIn(text: string, language: SaidLanguage): readonly NumberFound[] | Unreadable {
  const found: (NumberFound & { readonly article: boolean })[] = [];
  let at = 0;
  while (at < text.length) {
    const start = startFrom(text, at);
    if (start < 0) break;
    const quantity = quantityAt(text, start, language);
    if (quantity === 'unclear') return 'unclear-number';
    if (quantity === 'too-large') return 'too-large';
    if (quantity === undefined || quantity === 'passed') {
      at = afterToken(text, start);
      continue;
    }
    const other = quantity.size ? undefined : rangeEnd(text, quantity, language);
    const to = other?.to ?? quantity.to;
    if (SHARE.test(text.slice(to, to + LOOK_AHEAD))) return 'share';
    const before = text.slice(Math.max(0, start - LOOK_BACK), start);
    if (MINUS.test(before)) return 'negative';
    if (PART.test(before)) return 'share';
    if (FOREIGN.test(text.slice(to, to + LOOK_AHEAD))) return 'unclear-number';
    const number = numberOf(text, quantity, other, before);
    found.push({ number, from: start, to, article: quantity.article && !other });
    at = to;
  }
  const real = found.filter(({ article }) => !article);
  if (real.length > 0 || found.length === 0) return real;
  return found.filter(({ to }) => /^ [\p{L}']+/u.test(text.slice(to))).slice(0, 1);
}

/** Where the next figure or word begins; -1 at the end. */
function startFrom(text: string, at: number): number {
  const next = /[\p{L}\d]|[.,](?=\d)/gu;
  next.lastIndex = at;
  return next.exec(text)?.index ?? -1;
}

/** The end of the word or figures that begin there. */
function afterToken(text: string, at: number): number {
  const token = /[\p{L}\d]+|./uy;
  token.lastIndex = at;
  return at + (token.exec(text)?.[0].length ?? 1);
}

/** The other end of a range such as "1.4 to 1.6 million", "between 300,000 and 400,000". */
function rangeEnd(text: string, first: Quantity, language: SaidLanguage): Quantity | undefined {
  const joint = RANGE.exec(text.slice(first.to, first.to + LOOK_AHEAD))?.[0];
  if (joint === undefined) return undefined;
  const opened = /\b(?:between|entre|from|de)\s$/.test(text.slice(0, first.from));
  const word = joint.trim();
  if ((word === 'and' || word === 'et') && !opened) return undefined;
  const at = first.to + joint.length;
  if (!/[\p{L}\d]/u.test(text[at] ?? '')) return undefined;
  const second = quantityAt(text, at, language);
  if (typeof second !== 'object' || second.size || second.article) return undefined;
  const scaled = withScaleOf(first, second);
  return scaled.value < second.exact.value ? second : undefined;
}

/** "1.4" of "1.4 to 1.6 million". */
function withScaleOf({ exact, unscaled }: Quantity, { scale, unscaled: bare }: Quantity): Exact {
  if (!unscaled || bare || exact.value >= 1000) return exact;
  return { value: Number(`${exact.value}e${scale}`), place: Number(`${exact.place}e${scale}`) };
}

function numberOf(text: string, first: Quantity, second: Quantity | undefined, before: string): SaidNumber {
  const whole = text.slice(first.from, second?.to ?? first.to);
  if (first.size) return sized(whole, ...first.size);
  if (second)
    return between(whole, withScaleOf(first, second), second.exact, [...first.notes, ...second.notes]);
  const after = text.slice(first.to, first.to + LOOK_AHEAD);
  const bound: SaidBound | undefined =
    BEFORE.find(([words]) => words.test(before.trimEnd()))?.[1] ??
    AFTER.find(([words]) => words.test(after))?.[1];
  return said(whole, first.exact, bound ?? (first.loose ? 'about' : 'rounded'), first.notes);
}
