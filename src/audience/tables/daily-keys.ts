import { Distinct } from './distinct.ts';

/** Different listener keys, day by day: keys of two days cannot be compared, so the days are never added. */
export class DailyKeys {
  /** Days since 1970, UTC; 0 before the first. */
  day = 0;
  keys = new Distinct();
  /** Days before, with how many keys each had. */
  readonly earlier: { readonly day: number; readonly keys: number }[] = [];

  /** A key of a day; of a day that is over nothing more is taken. */
  add(day: number, low: number, high: number): void {
    if (day < this.day) return;
    if (day > this.day) {
      if (this.keys.size > 0) this.earlier.push({ day: this.day, keys: this.keys.size });
      this.day = day;
      this.keys = new Distinct();
    }
    this.keys.add(low, high);
  }
}
