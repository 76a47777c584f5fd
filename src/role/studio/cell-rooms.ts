import type { Clock } from '../../base/clock.ts';
import { asSlug } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { isOver, isRunning, type RoomCard } from '../../wire/room.ts';
import type { KnownRooms } from '../room-changes.ts';
import { openInTurn } from './openings.ts';
import type { RunningRoom } from './running-room.ts';
import type { OpenableRoom } from './running-room-deps.ts';

/** What a cell's rooms need. */
export interface CellRoomsDeps<P> {
  readonly clock: Clock;
  readonly log: Log;
  /** Which cell this is. */
  readonly cell: number;
  /** Every room that the site has reported. */
  readonly cards: Pick<KnownRooms, 'get'>;
  /** Opens a room's program; the caller's `opened` then greets the doors. */
  open(card: OpenableRoom): Promise<P>;
  opened(program: P): void;
  /** The room is no longer in this cell; default: nobody is told. */
  closed?(slug: string): void;
}

/** The programs of the rooms that the site gives a cell. */
export interface CellRooms<P> {
  readonly programs: ReadonlyMap<string, P>;
  /** Applies news from the site: rooms that changed, and those that left the list. */
  take(news: { readonly changed: readonly RoomCard[]; readonly gone: readonly string[] }): void;
}

const RETRY_MS = ms(1000);

/** Opens and closes programs as the site says; one that cannot be opened is retried every second. */
export function openCellRooms<P extends Pick<RunningRoom, 'update' | 'close'>>(
  deps: CellRoomsDeps<P>,
): CellRooms<P> {
  const { clock, log, cell, cards } = deps;
  const programs = new Map<string, P>();
  const opening = new Set<string>();
  const mine = (card: RoomCard): card is OpenableRoom =>
    card.cell === cell && card.zero !== undefined && isRunning(card.status);

  const inTurn = openInTurn(() => programs.size > 0);
  const start = async (slug: string): Promise<void> => {
    const card = cards.get(slug);
    try {
      if (!card || !mine(card)) return;
      const program = await deps.open(card);
      programs.set(slug, program);
      deps.opened(program);
      // The room may have moved on, or left the list, while the encoders warmed up.
      const now = cards.get(slug);
      if (now) settle(now);
      else stop(slug, 'ended');
    } catch (error) {
      log.error(
        { slug, error: String(error) },
        'the room could not be opened in the studio; trying again in a second',
      );
      clock.after(RETRY_MS, () => {
        const now = cards.get(slug);
        if (now) settle(now);
      });
    } finally {
      opening.delete(slug);
    }
  };
  const stop = (slug: string, over?: 'ended' | 'cancelled'): void => {
    const program = programs.get(slug);
    if (!program) return;
    programs.delete(slug);
    program
      .close(over)
      .catch((error: unknown) => log.error({ slug, error: String(error) }, 'the room did not close cleanly'))
      .finally(() => {
        if (!programs.has(slug) && !opening.has(slug)) deps.closed?.(slug);
      });
  };
  const settle = (card: RoomCard): void => {
    const program = programs.get(card.slug);
    if (mine(card)) {
      if (program) program.update(card);
      else if (!opening.has(card.slug)) {
        opening.add(card.slug);
        void inTurn(() => start(card.slug));
      }
    } else stop(card.slug, isOver(card.status) ? card.status : undefined);
  };
  return {
    programs,
    take({ changed, gone }) {
      for (const card of changed) if (asSlug(card.slug)) settle(card);
      for (const slug of gone) stop(slug, 'ended');
    },
  };
}
