import type { Evening } from '../../../wire/evening.ts';
import type { ArrivalStep, ForecastOutcome, Foreseen } from '../../../wire/figures/forecast.ts';
import type { RoomNumbers } from '../../../wire/numbers.ts';
import type { RoomCard } from '../../../wire/room.ts';
import { FIRST_MINUTE, LAST_MINUTE } from '../model/arrivals.ts';

/** What came of a room, as it is kept. */
export interface RoomOutcome extends ForecastOutcome {
  /** Listeners at once before the rules of who counts. */
  readonly carried?: number;
  readonly rung?: number;
  readonly arrivals: readonly ArrivalStep[];
  readonly closed: boolean;
  readonly handed: boolean;
}

/**
 * Arrivals by wall-clock minute: presses on Listen, or the rise of the server's own count where that is more (players
 * that press nothing).
 */
export function arrivalsOf({
  points,
  joins,
  step,
}: Pick<Evening, 'points' | 'joins' | 'step'>): Map<number, number> {
  const minutes = new Map<number, number>();
  const span = Math.max(60, step);
  const put = (minute: number, many: number): void => {
    if (many > 0) minutes.set(minute, Math.max(minutes.get(minute) ?? 0, many));
  };
  for (const { at, attempts } of joins)
    for (let i = 0; i < span / 60; i += 1) put(Math.floor(at / 60) + i, Math.round((attempts * 60) / span));
  const ends = new Map<number, number>();
  for (const [at, s] of points) ends.set(Math.floor(at / span), s);
  let before = 0;
  for (const [slot, s] of [...ends].sort(([a], [b]) => a - b)) {
    for (let i = 0; i < span / 60; i += 1)
      put((slot * span) / 60 + i, Math.round(((s - before) * 60) / span));
    before = s;
  }
  return minutes;
}

/** What came of a room that is over, by its final figures and its evening; undefined while there are none. */
export function outcomeOf(
  card: RoomCard,
  numbers: RoomNumbers | undefined,
  evening: Evening | undefined,
): RoomOutcome | undefined {
  const { clocks, plans, access } = card;
  if (numbers?.state !== 'final' || clocks.ended === undefined) return undefined;
  const { peak_concurrent: most, tuned_in_live: tuned } = numbers.metrics;
  const minutes = evening ? arrivalsOf(evening) : new Map<number, number>();
  const start = Math.floor((clocks.scheduled ?? clocks.opened ?? clocks.ended) / 60_000);
  const arrivals = [...minutes]
    .map(([minute, many]) => [minute - start, many] as const)
    .filter(([minute]) => minute >= FIRST_MINUTE && minute < LAST_MINUTE)
    .sort(([a], [b]) => a - b);
  // The count was made: whom it did not find was not there.
  const came: Partial<Record<Foreseen, number>> = { peak: most?.net ?? 0, heard: tuned?.net ?? 0 };
  if (evening) came.worst = Math.max(0, ...minutes.values());
  const rungs = evening?.events.flatMap(({ what, detail }) => (what === 'rung' ? [Number(detail)] : []));
  return {
    ...{ came, arrivals, ended: clocks.ended },
    ...(most ? { carried: most.gross } : {}),
    ...(rungs ? { rung: Math.max(0, ...rungs.filter(Number.isFinite)) } : {}),
    ...(most?.entry === undefined ? {} : { entry: most.entry }),
    ...{ closed: access === 'private', handed: plans?.continues !== undefined },
  };
}
