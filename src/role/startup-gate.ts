import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { isRunning, type RoomCard } from '../wire/room.ts';

/** How long a starting door waits to be told of rooms; then it serves what it knows. */
const PATIENCE_MS = ms(2500);

/** What a starting door has been told so far. */
export interface StartupGate {
  /** The site, or the saved list, has reported the rooms. */
  site(cards: readonly RoomCard[]): void;
  /** A cell has reported everything about a room. */
  cell(slug: string): void;
  readonly siteSpoke: boolean;
  /** Resolves when every running room and its window are known, or after `PATIENCE_MS`. */
  readonly complete: Promise<void>;
}

/**
 * Holds a starting door back until it knows the rooms and every running room's window, so that it never answers 404
 * for a room that it has not heard of yet.
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
