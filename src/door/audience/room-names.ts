const MOST_ROOMS = 65_535;

/** Numbers for rooms, so that a row names its room in two bytes. */
export class RoomNames {
  readonly #slugs: string[] = [];
  readonly #rooms = new Map<string, number>();

  /** The number of a room; −1 when there are too many. */
  numberOf(slug: string): number {
    const known = this.#rooms.get(slug);
    if (known !== undefined) return known;
    if (this.#slugs.length >= MOST_ROOMS) return -1;
    this.#rooms.set(slug, this.#slugs.length);
    this.#slugs.push(slug);
    return this.#slugs.length - 1;
  }

  /** The room with a number; '' for none. */
  slugOf(number: number): string {
    return this.#slugs[number] ?? '';
  }
}
