import type { PostMarks } from '../../../keys/post-marks.ts';
import { postNumber } from '../../../wire/posts/post-figures.ts';
import type { PostWords } from './recent-events.ts';

const HOUR_MS = 3_600_000;

/** A post whose mark is true, with what a door adds up for it. */
export interface KnownPost extends PostWords {
  readonly post: string;
  readonly room: string | undefined;
  /** What waits to be told, of the turn with this number. */
  sums: [number, number, number, number];
  turn: number;
}

/**
 * Marks that were found to be true, so that one that comes a million times is computed once. A mark's age is counted in whole
 * hours, so what is found holds until the hour is over. Of forged ones nothing is kept.
 */
export class KnownMarks {
  readonly #marks: Pick<PostMarks, 'read'>;
  readonly #half: number;
  #known = new Map<string, KnownPost>();
  #older = new Map<string, KnownPost>();
  #hour = Number.NaN;

  /** Keeps `most` at most. */
  constructor(marks: Pick<PostMarks, 'read'>, most: number) {
    this.#marks = marks;
    this.#half = most / 2;
  }

  /** What a mark says at a wall-clock time, ms; undefined for one that is not ours or too old. */
  read(mark: string, wall: number): KnownPost | undefined {
    const hour = Math.floor(wall / HOUR_MS);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#known = new Map();
      this.#older = new Map();
    }
    return this.#known.get(mark) ?? this.#look(mark, wall);
  }

  #look(mark: string, wall: number): KnownPost | undefined {
    const known = this.#older.get(mark) ?? this.#check(mark, wall);
    if (!known) return undefined;
    if (this.#known.size >= this.#half) {
      this.#older = this.#known;
      this.#known = new Map();
    }
    this.#known.set(mark, known);
    return known;
  }

  #check(mark: string, wall: number): KnownPost | undefined {
    const marked = this.#marks.read(mark, wall);
    const number = marked && postNumber(marked.post);
    if (!marked || number === undefined) return undefined;
    const words = { low: number >>> 0, high: Math.floor(number / 2 ** 32) };
    return { ...words, post: marked.post, room: marked.room, sums: [0, 0, 0, 0], turn: -1 };
  }
}
