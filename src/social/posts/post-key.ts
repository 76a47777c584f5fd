import type { Clock } from '../../base/clock.ts';

/**
 * A post's number: the millisecond in which it was made times 1,024, and a count. So numbers grow with time, a feed is a
 * walk along them, and they stay exact integers until the year 2248.
 */
const PER_MS = 1_024;

/** The address of a post: its number in base 36. */
export const postIdOf = (key: number): string => key.toString(36);

/** The number of a post by its address; undefined when no post can have that one. */
export function postKeyOf(id: string): number | undefined {
  if (!/^[a-z0-9]{1,11}$/.test(id)) return undefined;
  const key = Number.parseInt(id, 36);
  return Number.isSafeInteger(key) && key > 0 && postIdOf(key) === id ? key : undefined;
}

/** When a post was made, wall-clock ms. */
export const madeAt = (key: number): number => Math.floor(key / PER_MS);

/** The first number of an instant. */
export const firstKeyAt = (at: number): number => at * PER_MS;

/** Gives numbers to new posts. */
export interface PostKeys {
  next(): number;
}

/** Gives numbers to posts, each greater than all before, also when the clock steps back. `last`: the greatest there is. */
export function openPostKeys(clock: Clock, last: number): PostKeys {
  let given = last;
  return {
    next() {
      given = Math.max(given + 1, firstKeyAt(clock.wall()));
      return given;
    },
  };
}
