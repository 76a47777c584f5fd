import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { type HostGone, isOver, isRunning } from '../wire/room.ts';
import type { Book } from './book.ts';
import type { RoomRefusal } from './refusal.ts';
import type { Measures, RoomOnSite } from './rows.ts';

/** How long a room is kept apart before it is tried among the others again, ms: the first time, and within a day of it. */
const QUARANTINE_FIRST_MS = 300_000;
const QUARANTINE_MS = 3_600_000;
const FORGOTTEN_MS = 86_400_000;

/** Dependencies of measures. */
export interface RoomMeasuresDeps {
  readonly book: Book;
  readonly clock: Clock;
  /** Studio cells; the one after the last is the quarantine cell. */
  readonly cells: number;
}

/** What the operator, or the machine, does to a room beside what its hosts do; each is written to the database first. */
export interface RoomMeasures {
  /** Closes stage, stream and recording of a room to everybody, with words on its page. */
  stop(slug: string, reason: string): Promise<RoomOnSite | RoomRefusal>;
  /** Takes that back: the room goes on as it was. */
  resume(slug: string): Promise<RoomOnSite | RoomRefusal>;
  /** Takes a room out of all lists: only who knows its address comes. */
  unlist(slug: string): Promise<RoomOnSite | RoomRefusal>;
  /** Takes that back. */
  relist(slug: string): Promise<RoomOnSite | RoomRefusal>;
  /** Keeps a room apart: its speakers hear each other, its listeners hear hold music. */
  quarantine(slug: string): Promise<RoomOnSite | RoomRefusal>;
  /** Takes that back. */
  release(slug: string): Promise<RoomOnSite | RoomRefusal>;
  /** Moves a running room to a cell, to find out which one crashes; the quarantine cell is the one after the last. */
  move(slug: string, cell: number): Promise<RoomOnSite | RoomRefusal>;
  /** What a cell says of a host whose connections are gone; undefined: they are here. */
  hostGone(slug: string, gone: HostGone | undefined): Promise<RoomOnSite | RoomRefusal>;
  /** Once a second: rooms whose quarantine is over go back. */
  tick(): Promise<void>;
}

/** Opens the measures over the book of rooms. */
export function openMeasures({ book, clock, cells }: RoomMeasuresDeps): RoomMeasures {
  const release = (slug: string): Promise<RoomOnSite | RoomRefusal> =>
    book.change(slug, (entry) => {
      if (!entry.measures?.quarantine)
        return { refused: 'wrong-moment', detail: 'The room is not kept apart.' };
      const { card } = entry;
      const placed = card.cell === undefined ? card : { ...card, cell: book.roomiest().cell };
      return without({ ...entry, card: placed }, 'quarantine');
    });
  return {
    stop: (slug, reason) =>
      book.change(slug, (entry) => {
        if (entry.card.status === 'cancelled') return { refused: 'room-ended' };
        const { cell: _, ...card } = entry.card;
        const at = entry.measures?.stopped?.at ?? clock.wall();
        return { ...entry, card, measures: { ...entry.measures, stopped: { at, reason } } };
      }),
    resume: (slug) =>
      book.change(slug, (entry) => {
        if (!entry.measures?.stopped) return { refused: 'wrong-moment', detail: 'The room is not stopped.' };
        if (!isRunning(entry.card.status)) return without(entry, 'stopped');
        const apart = entry.measures.quarantine !== undefined;
        const card = apart ? { ...entry.card, cell: cells } : book.opened(entry.card);
        return 'refused' in card ? card : without({ ...entry, card }, 'stopped');
      }),
    unlist: (slug) =>
      book.change(slug, (entry) =>
        entry.measures?.unlisted === undefined
          ? { ...entry, measures: { ...entry.measures, unlisted: clock.wall() } }
          : { refused: 'wrong-moment', detail: 'The room is in no list already.' },
      ),
    relist: (slug) =>
      book.change(slug, (entry) =>
        entry.measures?.unlisted === undefined
          ? { refused: 'wrong-moment', detail: 'The room was not taken out of the lists.' }
          : without(entry, 'unlisted'),
      ),
    quarantine: (slug) =>
      book.change(slug, (entry) => {
        const { card, measures } = entry;
        if (!isRunning(card.status) || measures?.stopped)
          return { refused: 'wrong-moment', detail: 'The room is not running.' };
        const since = clock.wall();
        const wasApart = measures?.apartAt !== undefined && since - measures.apartAt < FORGOTTEN_MS;
        const until = since + (wasApart ? QUARANTINE_MS : QUARANTINE_FIRST_MS);
        const apart = { quarantine: { since, until }, apartAt: since };
        return { ...entry, card: { ...card, cell: cells }, measures: { ...measures, ...apart } };
      }),
    release,
    move: (slug, cell) =>
      book.change(slug, (entry) => {
        const { card } = entry;
        if (card.cell === undefined || card.cell === cell) return entry;
        return { ...entry, card: { ...card, cell } };
      }),
    hostGone: (slug, gone) =>
      book.change(slug, (entry) => {
        if (!isRunning(entry.card.status) || isDeepStrictEqual(gone, entry.measures?.hostGone)) return entry;
        return gone
          ? { ...entry, measures: { ...entry.measures, hostGone: gone } }
          : without(entry, 'hostGone');
      }),
    async tick() {
      const now = clock.wall();
      for (const { slug, status, quarantine } of book.cards())
        if (quarantine && !isOver(status) && quarantine.until <= now) await release(slug);
    },
  };
}

/** The entry with one measure taken back. */
function without({ measures, ...entry }: RoomOnSite, which: keyof Measures): RoomOnSite {
  const { [which]: _, ...others } = measures ?? {};
  return Object.keys(others).length === 0 ? entry : { ...entry, measures: others };
}
