import { DOZENS, HUNDREDS, SUFFIXES, UNITS } from './number-words.ts';
import { numeralAt, type SaidLanguage } from './numeral.ts';
import { MOST, type NumberNote, placeOf } from './said-number.ts';
import { isScaleWord, matchAt, type QuantityFound, scaled, scaleOf, wordAt } from './scale.ts';

/** Not a count: 20 h, 3rd, 30 min. */
const OTHER_UNITS =
  /^(?:h|hrs?|min|mins|mn|s|sec|ms|st|nd|rd|th|er|ers|e|eme|ere|re|am|pm|x|kb|mb|gb|hz|khz|km)$/;
const AND_A_HALF = /(?: and (?:a )?| et )(half|demie?|(?:a )?quarter|quart)\b/y;
const JOINT = /(?: and | et |-and-|-et-|-| - | )(?=\p{L})/uy;
const POINT = / (?:point|virgule|comma) (?=\p{L})/uy;

/**
 * Reads one number written in digits and words, and keeps the part that may still be followed by "thousand" or
 * "million".
 */
export class NumberReading {
  /** What has its scale. */
  #total = 0;
  #lastPower = Number.POSITIVE_INFINITY;
  #scaleEnd = -1;
  /** What has none yet. */
  #current: number | undefined;
  #isNumeral = false;
  /** Where fractions end: the power of ten of the smallest digit that was said. */
  #finest: number | undefined;
  #to: number;
  /** Without what waits, in case it turns out to belong to another number. */
  #whole: { total: number; to: number } | undefined;
  readonly #notes = new Set<NumberNote>();
  readonly #text: string;
  readonly #from: number;
  readonly #language: SaidLanguage;

  constructor(text: string, from: number, language: SaidLanguage) {
    this.#text = text;
    this.#from = from;
    this.#language = language;
    this.#to = from;
  }

  read(): QuantityFound {
    const text = this.#text;
    if (/[\d.,]/.test(text[this.#from] ?? '')) {
      const problem = this.#numeral();
      if (problem) return problem;
    } else {
      const article = matchAt(
        /an? (?=(?:hundred|thousand|million|billion|trillion|milliard|dozen|score|lakh|crore)\b)/y,
        text,
        this.#from,
      );
      if (article) this.#to = this.#from + article[0].length;
      if (!this.#word(this.#to)) return undefined;
    }
    while (this.#more());
    return this.#done();
  }

  /** Figures, with what is glued to them. */
  #numeral(): 'unclear' | 'too-large' | 'passed' | undefined {
    const text = this.#text;
    const found = numeralAt(text, this.#from, this.#language, (end) => {
      const [, glue, word = ''] = /^([ -]?)(\p{L}+)/u.exec(text.slice(end, end + 20)) ?? [];
      return isScaleWord(word) || (SUFFIXES.has(word) && glue === '');
    });
    if (!found) return 'unclear';
    const { digits, decimals, length, note } = found;
    if (digits.replace(/^0+/, '').length - decimals > 16 || digits.length > 40) return 'too-large';
    this.#to = this.#from + length;
    this.#current = Number(`${digits}e-${decimals}`);
    this.#isNumeral = true;
    if (decimals > 0) this.#finest = -decimals;
    if (note) this.#notes.add(note);
    const power = /^e\+?(\d+)(?![\p{L}\d])/u.exec(text.slice(this.#to, this.#to + 400));
    if (power) {
      if (power[1] && Number(power[1]) > 15) return 'too-large';
      this.#to += power[0].length;
      this.#scale(Number(power[1]));
      return undefined;
    }
    if (/^ ?(?:\^|\*\*)/.test(text.slice(this.#to, this.#to + 3))) return 'unclear';
    const word = wordAt(text, this.#to);
    if (word === '' || isScaleWord(word) || SUFFIXES.has(word)) return undefined;
    return OTHER_UNITS.test(word) ? 'passed' : 'unclear';
  }

  /** Takes the next word or joint. */
  #more(): boolean {
    const text = this.#text;
    const half = matchAt(AND_A_HALF, text, this.#to);
    if (half) return this.#half(half);
    const point = matchAt(POINT, text, this.#to);
    if (point && this.#current !== undefined && !this.#isNumeral) return this.#fraction(point[0].length);
    if (this.#isNumeral && this.#current !== undefined) {
      const suffix = / ?(\p{L}+)/uy;
      const [whole = '', word = ''] = matchAt(suffix, text, this.#to) ?? [];
      const power = SUFFIXES.get(word);
      // After a blank, one of these letters may be anything.
      if (power !== undefined && (whole === word || !/^(?:b|g|t|mm)$/.test(word))) {
        this.#to += whole.length;
        this.#scale(power);
        return true;
      }
    }
    const joint = matchAt(JOINT, text, this.#to);
    return joint !== null && this.#word(this.#to + joint[0].length, joint[0].replace(/[ -]/g, ''));
  }

  /** A number word at a place; false when it is none, or does not follow what was read. */
  #word(at: number, joint = ''): boolean {
    const word = wordAt(this.#text, at);
    const end = at + word.length;
    const unit = UNITS.get(word);
    if (unit !== undefined) {
      if (this.#isNumeral && this.#current !== undefined) return false;
      if (!this.#unit(unit, word)) return false;
    } else if (HUNDREDS.has(word)) {
      if (joint === 'and' || joint === 'et') return false;
      if (this.#current === undefined && this.#total > 0) this.#wait();
      this.#current = (this.#current ?? 1) * 100;
    } else if (DOZENS.has(word)) {
      if (this.#total > 0 || (word.endsWith('s') && this.#current === undefined)) return false;
      this.#current = (this.#current ?? 1) * (DOZENS.get(word) ?? 1);
    } else {
      const scale = scaleOf(word, this.#language);
      if (!scale || joint === 'and' || joint === 'et') return false;
      if (this.#current !== undefined && this.#total > 0 && scale.power >= this.#lastPower)
        return this.#back();
      if (scale.note) this.#notes.add(scale.note);
      this.#to = end;
      this.#scale(scale.power);
      return true;
    }
    this.#to = end;
    return true;
  }

  #unit(unit: number, word: string): boolean {
    const current = this.#current;
    if (current === undefined) {
      if (this.#total > 0) this.#wait();
      this.#current = unit;
      return true;
    }
    const rest = current % 100;
    if (rest === 4 && /^vingts?$/.test(word)) {
      this.#current = current + 76;
      return true;
    }
    const follows =
      unit > 0 &&
      current > 0 &&
      (rest === 0 || (rest % 10 === 0 && unit < 10) || ([60, 80].includes(rest) && unit < 20));
    if (follows) this.#current = current + unit;
    return follows;
  }

  /** From here on, what comes may belong to another number: "a million and two million". */
  #wait(): void {
    this.#whole = { total: this.#total, to: this.#scaleEnd };
    this.#isNumeral = false;
  }

  #back(): false {
    if (this.#whole) {
      this.#total = this.#whole.total;
      this.#to = this.#whole.to;
      this.#current = undefined;
    }
    return false;
  }

  #scale(power: number): void {
    if (this.#current === undefined && this.#total > 0 && power >= this.#lastPower) {
      // "a thousand million"; but a French "mille" that follows millions is one thousand.
      this.#total = scaled(this.#total, power);
      if (this.#finest !== undefined) this.#finest += power;
    } else {
      if (this.#finest !== undefined && this.#total === 0) this.#finest += power;
      this.#total += scaled(this.#current ?? 1, power);
    }
    this.#current = undefined;
    this.#isNumeral = false;
    this.#lastPower = power;
    this.#scaleEnd = this.#to;
    this.#whole = undefined;
  }

  #half([whole, part = '']: RegExpExecArray): boolean {
    const quarter = part.includes('quart');
    const share = quarter ? 0.25 : 0.5;
    const power = this.#current === undefined ? this.#lastPower : 0;
    if (!Number.isFinite(power)) return false;
    if (this.#current === undefined) this.#total += share * 10 ** power;
    else this.#current += share;
    this.#finest = power - (quarter ? 2 : 1);
    this.#to += whole.length;
    return true;
  }

  /** "one point four": digits one by one, or a French number such as "quatorze". */
  #fraction(length: number): boolean {
    let at = this.#to + length;
    let digits = '';
    for (;;) {
      const unit = UNITS.get(wordAt(this.#text, at));
      if (unit === undefined || (digits !== '' && unit > 9)) break;
      digits += unit;
      this.#to = at + wordAt(this.#text, at).length;
      at = this.#to + 1;
      if (unit > 9) break;
    }
    if (digits === '') return false;
    this.#current = Number(`${this.#current}.${digits}`);
    this.#finest = -digits.length;
    this.#isNumeral = true;
    return true;
  }

  #done(): QuantityFound {
    const value = this.#total + (this.#current ?? 0);
    if (value > MOST) return 'too-large';
    const place = this.#finest === undefined ? placeOf(value) : 10 ** this.#finest;
    const text = this.#text.slice(this.#from, this.#to);
    return {
      ...{ from: this.#from, to: this.#to, exact: { value, place }, loose: false },
      unscaled: this.#total === 0,
      scale: Number.isFinite(this.#lastPower) ? this.#lastPower : 0,
      article: /^(?:un|une|one|a|an)$/.test(text),
      notes: [...this.#notes],
    };
  }
}
