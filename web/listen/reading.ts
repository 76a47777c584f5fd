/** Reading along, fetched by those who come when the room has no place for more sound. */
import { readingOf, recordedAt } from '../../src/wire/reading.ts';
import type { RoomState } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import type { Words } from '../kit/words.ts';
import type { Sound } from './sound.ts';

/** The room in words. */
export interface ReadingCard {
  readonly node: HTMLElement;
  /** Shows the room as it is; hidden where there is sound or room for it. */
  show(state: RoomState): void;
}

/** Makes the card. `when` writes an instant. */
export function readingCard(
  slug: string,
  words: Words,
  sound: Pick<Sound, 'on' | 'back'>,
  when: (at: number) => string,
): ReadingCard {
  const language = words.locale === 'fr' ? 'fr' : 'en';
  const heading = element('h2', { id: 'reading-title' });
  const rows = element('dl', {});
  const next = element('p', {});
  const later = element('p', {});
  const link = element('a', {});
  const keep = element('p', {}, link);
  const node = element(
    'section',
    { class: 'reading card', 'aria-labelledby': 'reading-title' },
    ...[heading, rows, next, later, keep],
  );
  let missed: number | undefined;
  let from = 0;
  let shown = '';
  link.addEventListener('click', (event) => {
    // A link to keep all the same: other buttons and the menu get its address.
    event.preventDefault();
    void sound.back(from);
  });
  return {
    node,
    show(state) {
      const reads = state.delivery.newcomers === 'text' && !sound.on;
      node.hidden = !reads;
      // What is missed begins when this page began to be read, not each time anew.
      if (!reads) missed = undefined;
      if (!reads) return;
      missed ??= state.at;
      const { title, recording, ...rest } = readingOf(state, { language, missed, when });
      write(heading, title);
      write(next, rest.next);
      later.hidden = keep.hidden = !recording;
      if (recording) {
        from = recording.from;
        write(later, recording.text);
        write(link, recording.link);
        link.href = recordedAt(slug, from);
      }
      const key = JSON.stringify(rest.rows);
      if (key === shown) return;
      shown = key;
      rows.replaceChildren(
        ...rest.rows.map(({ term, value }) =>
          element('div', {}, element('dt', {}, term), element('dd', {}, value)),
        ),
      );
    },
  };
}
