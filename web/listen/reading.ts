/** Reading along: fetched by listeners who come when the room cannot serve more sound. */
import { readingOf, recordedAt } from '../../src/wire/reading.ts';
import type { RoomState } from '../../src/wire/room.ts';
import { element, write } from '../kit/element.ts';
import type { ListenWords } from '../kit/words.ts';
import type { Sound } from './sound.ts';

/** The card that describes the room in words. */
export interface ReadingCard {
  readonly node: HTMLElement;
  /** Shows the room's state; hidden while there is sound, or a place for it. */
  show(state: RoomState): void;
}

/** Makes the card. `when` formats a wall-clock time. */
export function readingCard(
  slug: string,
  words: ListenWords,
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
    // Still a link, so that the middle button and the menu get its address.
    event.preventDefault();
    void sound.back(from);
  });
  return {
    node,
    show(state) {
      const reads = state.delivery.newcomers === 'text' && !sound.on;
      node.hidden = !reads;
      // What was missed counts from when this page was first read.
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
