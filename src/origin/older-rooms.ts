import type { Clock } from '../base/clock.ts';
import type { RoomCard } from '../wire/room.ts';

/** Limit of old rooms that a door remembers, and of addresses that it remembers as unknown. */
const MOST_REMEMBERED = 500;
const MOST_UNKNOWN = 2_000;
const UNKNOWN_FOR_MS = 10_000;
/** Limit of simultaneous lookups, and of lookups per second: strangers make up addresses. */
const MOST_ASKED = 16;
const ASKED_A_SECOND = 50;

/** Result of a lookup: `unknown` when there is no such room, `away` when the site could not be asked. */
export type Sought = 'found' | 'unknown' | 'away';

/**
 * Rooms that ended long ago. The site reports the newest two thousand by itself, and others only when asked.
 */
export interface OlderRooms {
  card(slug: string): RoomCard | undefined;
  seek(slug: string): Promise<Sought>;
  /** The room has changed or is gone. */
  forget(slug: string): void;
}

/**
 * Opens the memory; `ask` finds a room that is over, undefined when there is none, and rejects when the site is away.
 */
export function openOlderRooms(
  clock: Clock,
  ask: (slug: string) => Promise<RoomCard | undefined>,
): OlderRooms {
  const cards = new Map<string, RoomCard>();
  const unknown = new Map<string, number>();
  const asking = new Map<string, Promise<Sought>>();
  let left = ASKED_A_SECOND;
  let second = 0;
  const keep = <T>(map: Map<string, T>, most: number, slug: string, what: T): void => {
    map.delete(slug);
    map.set(slug, what);
    const oldest = map.keys().next().value;
    if (map.size > most && oldest !== undefined) map.delete(oldest);
  };
  const mayAsk = (): boolean => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) [second, left] = [now, ASKED_A_SECOND];
    if (left <= 0 || asking.size >= MOST_ASKED) return false;
    left--;
    return true;
  };
  const find = async (slug: string): Promise<Sought> => {
    try {
      const card = await ask(slug);
      if (card) keep(cards, MOST_REMEMBERED, slug, card);
      else keep(unknown, MOST_UNKNOWN, slug, clock.now() + UNKNOWN_FOR_MS);
      return card ? 'found' : 'unknown';
    } catch {
      return 'away';
    } finally {
      asking.delete(slug);
    }
  };
  return {
    card: (slug) => cards.get(slug),
    async seek(slug) {
      if (cards.has(slug)) return 'found';
      if ((unknown.get(slug) ?? 0) > clock.now()) return 'unknown';
      const known = asking.get(slug);
      if (known) return known;
      if (!mayAsk()) return 'away';
      const answer = find(slug);
      asking.set(slug, answer);
      return answer;
    },
    forget(slug) {
      cards.delete(slug);
      unknown.delete(slug);
    },
  };
}
