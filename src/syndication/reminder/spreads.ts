import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

/** A room's forecast is asked so often at most, and within a day of its start. */
const EVERY_MS = 5 * 60_000;
const BEFORE_MS = 24 * 3_600_000;

/** What they need. */
export interface SpreadsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The minutes over which people should be told of a room by its forecast; absent or undefined: nobody foretells. */
  spread?(slug: string): Promise<number | undefined>;
}

/** For how long people are told of rooms before the start, as their forecasts have it. */
export interface Spreads {
  /** For how long at least, ms; 0 while nothing is known. */
  of(slug: string): number;
  /** Asks the forecast of a room that begins in `ahead` ms, where it is time; when it fails, what was known stays. */
  look(slug: string, ahead: number): Promise<void>;
  /** The room is over. */
  delete(slug: string): void;
}

/** Opens them; nothing is known yet. */
export function openSpreads({ clock, log, spread }: SpreadsDeps): Spreads {
  const known = new Map<string, { askedAt: number; length: number }>();
  return {
    of: (slug) => known.get(slug)?.length ?? 0,
    async look(slug, ahead) {
      const now = clock.wall();
      const one = known.get(slug) ?? { askedAt: Number.NEGATIVE_INFINITY, length: 0 };
      if (!spread || ahead > BEFORE_MS || Math.abs(now - one.askedAt) < EVERY_MS) return;
      one.askedAt = now;
      known.set(slug, one);
      try {
        one.length = ((await spread(slug)) ?? 0) * 60_000;
      } catch (error) {
        log.warn({ room: slug, error: reasonOf(error) }, 'reminders are spread without a forecast');
      }
    },
    delete: (slug) => void known.delete(slug),
  };
}
