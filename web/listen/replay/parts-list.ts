/** The lists of a replay: chapters, clips, and what was left out. */

import type { OutlineChapter, ReplayOutline } from '../../../src/wire/replay/outline.ts';
import { element } from '../../kit/element.ts';
import { clockOf } from '../../kit/figures.ts';
import { roomAt } from '../../kit/room-name.ts';
import type { AllWords } from '../../kit/words.ts';

/** Chapters that are shown at once; the rest unfold. */
const SHOWN = 12;

/** The lists. */
export interface PartsList {
  readonly nodes: readonly HTMLElement[];
  /** Fills them anew. */
  list(outline: ReplayOutline): void;
  /** Marks the chapter that is heard; -1: none. */
  mark(chapter: number): void;
}

/** Makes the lists of a room; `go` is called with the second at which a chapter begins. */
export function openPartsList(slug: string, words: AllWords, go: (at: number) => void): PartsList {
  const chapters = element('ol', { class: 'chapters' });
  const clips = element('ul', { class: 'clip-list' });
  const trims = element('div', { class: 'trims small' });
  const chapterPart = element('section', {}, element('h2', {}, words.chapters), chapters);
  const clipPart = element('section', {}, element('h2', {}, words.clips), clips);

  const chapterLine = (chapter: OutlineChapter): HTMLElement => {
    const link = element(
      'a',
      { href: `${roomAt(slug)}?t=${Math.floor(chapter.at)}` },
      element('span', { class: 'ash at' }, clockOf(chapter.at)),
      element('span', { dir: 'auto' }, chapter.title),
    );
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(chapter.at);
    });
    const more = chapter.link
      ? element(
          'a',
          { class: 'small more-link', href: chapter.link, rel: 'noopener nofollow ugc' },
          words.chapterLink,
        )
      : undefined;
    return element('li', { class: chapter.kind }, link, more);
  };
  const list = ({ chapters: all, clips: cut, trims: left, original }: ReplayOutline): void => {
    chapterPart.hidden = all.length < 2;
    const lines = all.map(chapterLine);
    chapters.replaceChildren(...lines);
    if (all.length > SHOWN) {
      const rest = lines.slice(SHOWN);
      for (const line of rest) line.hidden = true;
      const unfold = element(
        'button',
        { type: 'button', class: 'button quiet small' },
        words.allChapters(all.length),
      );
      unfold.addEventListener('click', () => {
        for (const line of rest) line.hidden = false;
        rest[0]?.querySelector('a')?.focus();
        unfold.parentElement?.remove();
      });
      chapters.append(element('li', {}, unfold));
    }
    clipPart.hidden = cut.length === 0;
    clips.replaceChildren(
      ...cut.map(({ id, title, from, to }) =>
        element(
          'li',
          {},
          element('a', { href: `${roomAt(slug)}/clip/${id}`, dir: 'auto' }, title),
          element('span', { class: 'small ash' }, ` ${clockOf((to - from) / 1000 + 0.5)}`),
        ),
      ),
    );
    trims.replaceChildren(
      ...left.map((trim) => element('p', { dir: 'auto' }, words.trimmed(trim, clockOf(trim.at)))),
      ...(original && left.length > 0
        ? [
            element(
              'details',
              {},
              element('summary', {}, words.originalKept),
              element('p', {}, words.originalHash),
              element('code', {}, original.sha256),
            ),
          ]
        : []),
    );
  };

  return {
    nodes: [chapterPart, clipPart, trims],
    list,
    mark(chapter) {
      for (const [index, line] of [...chapters.children].entries())
        if (index === chapter) line.setAttribute('aria-current', 'true');
        else line.removeAttribute('aria-current');
    },
  };
}
