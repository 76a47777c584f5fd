import { isRunning, type RoomCard } from '../../wire/room.ts';
import type { Book } from '../book.ts';
import type { BookDeps } from '../book-deps.ts';
import { CARRIED_MS } from './succession.ts';

/** What the tick needs. */
export type TickDeps = Pick<BookDeps, 'clock' | 'openLead' | 'idleEnd' | 'log'>;

/** Once a second: opens what is due, ends what is abandoned, and what another room continues. */
export function openTick(book: Book, { clock, openLead, idleEnd, log }: TickDeps): () => Promise<void> {
  let full = false;
  const open = async ({ slug }: RoomCard): Promise<void> => {
    const result = await book.act(slug, 'open');
    const waits = 'refused' in result && result.refused === 'rooms-full';
    if (waits && !full)
      log.warn(
        { slug },
        'a scheduled room has to wait: as many rooms are open as the studio can carry (roomsPerCell)',
      );
    full = waits;
  };
  return async () => {
    const wall = clock.wall();
    for (const { card, measures, arrangements } of book.all()) {
      const { slug, status, clocks } = card;
      if (measures?.stopped || arrangements?.draft) continue;
      if (status === 'scheduled' && (clocks.scheduled ?? 0) - openLead <= wall) await open(card);
      if (!isRunning(status) || card.welcome) continue;
      const left = arrangements?.plans?.continuedBy;
      if (left && wall - left.at >= CARRIED_MS) {
        log.info({ slug, by: left.slug }, 'another room continues this one: ending it');
        await book.act(slug, 'end');
        continue;
      }
      const seen = book.lastOnStage(slug);
      if (seen === undefined) book.occupied(slug);
      else if (clock.now() - seen >= idleEnd && wall - (clocks.scheduled ?? 0) >= idleEnd) {
        log.info({ slug }, 'nobody has been on stage for a long time: ending the room');
        await book.act(slug, 'end');
      }
    }
  };
}
