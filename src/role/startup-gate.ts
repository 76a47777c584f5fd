import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { isRunning, type RoomCard } from '../wire/room.ts';

/** A door that starts waits this long for the others to speak; then it serves what it has. */
const PATIENCE_MS = ms(2500);

/** What a starting door has heard so far. */
export interface StartupGate {
  /** The site, or its saved list, has told of the rooms. */
  site(cards: readonly RoomCard[]): void;
  /** A cell has told all of a room. */
  cell(slug: string): void;
  readonly siteSpoke: boolean;
  /** Resolves when every room on air is known with its window, or when the patience is over. */
  readonly complete: Promise<void>;
}

/**
 * Holds a starting door back until it has the list of rooms and every running room's state, so that it never answers
 * 404 for a room that it has not heard of yet.
 */
export function openStartupGate(clock: Clock): StartupGate {
  const complete = Promise.withResolvers<void>();
  const cells = new Set<string>();
  let wanted: readonly string[] | undefined;
  const look = (): void => {
    if (wanted?.every((slug) => cells.has(slug))) complete.resolve();
  };
  clock.after(PATIENCE_MS, () => complete.resolve());
  return {
    site(cards) {
      wanted = cards
        .filter(({ status, zero }) => isRunning(status) && zero !== undefined)
        .map(({ slug }) => slug);
      look();
    },
    cell(slug) {
      cells.add(slug);
      look();
    },
    get siteSpoke() {
      return wanted !== undefined;
    },
    complete: complete.promise,
  };
}
