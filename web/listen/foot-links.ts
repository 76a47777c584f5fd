import { element } from '../kit/element.ts';
import type { AllWords } from '../kit/words.ts';

/** Adds the ways to what was counted, and to the feed, at the foot of a page; after what the sound needs. */
export function footLinks(words: AllWords): void {
  const links = [
    ['/account', words.account],
    ['/claims', words.claims],
    ['/verify', words.verify],
    ['/incidents', words.incidents],
    ['/feed.xml', words.feed],
  ] as const;
  for (const [href, says] of links)
    document.querySelector('body > .foot p')?.append(' ', element('a', { href }, says));
}
