import type { Fragment } from '../../base/media.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { DELAY_MS } from '../../wire/delivery.ts';

/** Fragments of each rendition that a door gets when it connects: 32 s, what a listener may have missed. */
const RECENT = 100;
/**
 * And of those always coded, 77 s: the delayed stream, the five segments that its list names before it, and some to
 * spare.
 */
const DEEP = Math.ceil(DELAY_MS / FRAGMENT_MS / FRAGMENTS_PER_SEGMENT + 9) * FRAGMENTS_PER_SEGMENT;

/** The recent output of a program, in the order in which doors must receive it when they (re)connect. */
export class History {
  readonly #always: ReadonlySet<string>;
  readonly #held: Fragment[] = [];
  #last = -1;

  /** `always`: ids of renditions that are always coded. */
  constructor(always: Iterable<string>) {
    this.#always = new Set(always);
  }

  /** Takes the next fragment of a rendition. */
  push(fragment: Fragment): void {
    this.#held.push(fragment);
    this.#last = Math.max(this.#last, fragment.seq);
    while ((this.#held[0]?.seq ?? this.#last) <= this.#last - DEEP) this.#held.shift();
  }

  /** What a door that connects now receives. */
  *[Symbol.iterator](): Iterator<Fragment> {
    for (const fragment of this.#held)
      if (this.#always.has(fragment.rendition) || fragment.seq > this.#last - RECENT) yield fragment;
  }
}
