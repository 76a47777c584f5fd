/** Texts by number. The first `most` are told apart; all further ones are number 0, which is called `rest`. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[];
  readonly #most: number;
  constructor(most: number, rest: string) {
    this.#most = most;
    this.#texts = [rest];
  }

  /** Texts told apart, `rest` included. */
  get size(): number {
    return this.#texts.length;
  }

  /** The number of a text; a new one gets the next. */
  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length > this.#most) return 0;
    // A copy: a slice would keep the block of lines that it was cut from.
    const copy = Buffer.from(text).toString();
    this.#numbers.set(copy, this.#texts.length);
    return this.#texts.push(copy) - 1;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }
}
