import { POST_EVENTS } from '../../wire/posts/post-events.ts';

const SUMS = POST_EVENTS.length;
const FIRST = 1_024;

/** What came of each post: numbers in two tables, at most half full, so that nothing is allocated for a post or a batch. */
export class PostTable {
  #posts = new Float64Array(FIRST);
  #sums = new Float64Array(FIRST * SUMS);
  #size = 0;

  /** Posts in it. */
  get size(): number {
    return this.#size;
  }

  /** Where a post is, or may be put. */
  #at(post: number): number {
    const mask = this.#posts.length - 1;
    // Ids grow by 1,024 a millisecond: both words matter.
    const hash = Math.imul(Math.imul(post | 0, 0x9e3779b1) ^ (post / 2 ** 32), 0x85ebca6b);
    let at = (hash ^ (hash >>> 15)) & mask;
    while (this.#posts[at] !== 0 && this.#posts[at] !== post) at = (at + 1) & mask;
    return at;
  }

  /** Adds to the sums of a post, whose number is above 0: what stands in `from` from `first` on. */
  add(post: number, from: ArrayLike<unknown>, first = 0): void {
    let at = this.#at(post);
    if (this.#posts[at] === 0) {
      if ((this.#size + 1) * 2 > this.#posts.length) {
        this.#grow();
        at = this.#at(post);
      }
      this.#posts[at] = post;
      this.#size += 1;
    }
    for (let i = 0; i < SUMS; i += 1)
      this.#sums[at * SUMS + i] = (this.#sums[at * SUMS + i] as number) + (from[first + i] as number);
  }

  #grow(): void {
    const [posts, sums] = [this.#posts, this.#sums];
    this.#posts = new Float64Array(posts.length * 2);
    this.#sums = new Float64Array(posts.length * 2 * SUMS);
    for (let from = 0; from < posts.length; from += 1) {
      const post = posts[from] as number;
      if (post === 0) continue;
      const at = this.#at(post);
      this.#posts[at] = post;
      this.#sums.set(sums.subarray(from * SUMS, (from + 1) * SUMS), at * SUMS);
    }
  }

  /** The sums of a post; they change with the next `add`. */
  sumsOf(post: number): Float64Array | undefined {
    const at = this.#at(post);
    return this.#posts[at] === post ? this.#sums.subarray(at * SUMS, (at + 1) * SUMS) : undefined;
  }

  /** Takes over what another has. */
  join(other: PostTable): void {
    for (const post of other.posts()) this.add(post, other.sumsOf(post) as Float64Array);
  }

  /** The numbers of all posts, in order. */
  posts(): Float64Array {
    return this.#posts.filter((post) => post !== 0).sort();
  }
}
