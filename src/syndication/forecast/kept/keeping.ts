import { reasonOf } from '../../../base/errors.ts';
import { ms } from '../../../base/time.ts';
import type { Evening } from '../../../wire/evening.ts';
import type { Forecast, ForecastMoment } from '../../../wire/figures/forecast.ts';
import type { RoomNumbers } from '../../../wire/numbers.ts';
import { isRunning, type RoomCard } from '../../../wire/room.ts';
import type { AroundRoomDeps } from '../../deps.ts';
import { momentAt } from '../model/signal.ts';
import type { ForecastBook, ForecastSubject, KeptForecast } from './forecast-book.ts';
import { outcomeOf } from './outcome.ts';

/** What keeps forecasts and checks them. */
export interface ForecastKeepingDeps extends Pick<AroundRoomDeps, 'clock' | 'log' | 'cards'> {
  readonly book: ForecastBook;
  make(card: RoomCard, subject: ForecastSubject, moment: ForecastMoment): Promise<Forecast>;
  numbersOf(slug: string): Promise<RoomNumbers | undefined>;
  eveningOf(slug: string): Promise<Evening | undefined>;
  /** Past rooms are not what they were. */
  changed(): void;
}

/** It looks so often for what is due. */
const TURN = ms(15_000);
const HOUR_MS = 3_600_000;
/** The figures of a room are asked for so long after its end, and no longer than so long. */
const SETTLED_MS = 120_000;
const GIVE_UP_MS = 7 * 24 * HOUR_MS;
/** Rooms whose figures are asked for in one turn, and how long after a try without figures they are asked for again. */
const MOST_ASKED = 3;
const AGAIN_MS = 60_000;
/** A forecast made so long after the beginning would know what it foretells. */
const GRACE_MS = 120_000;
/** A room that is so late is not waited for any more. */
const LATEST_MS = 6 * HOUR_MS;
/** How long before the announced start a forecast is kept. */
const LEADS: Readonly<Record<Exclude<ForecastMoment, 'announced'>, number>> = {
  ...{ day: 24 * HOUR_MS, hour: HOUR_MS, start: 0 },
};

/** The moment for which a forecast is to be kept now; undefined while none is due. */
export function dueMoment(
  { status, clocks, welcome, plans }: Pick<RoomCard, 'status' | 'clocks' | 'welcome' | 'plans'>,
  kept: readonly Pick<KeptForecast, 'moment' | 'start'>[],
  now: number,
): ForecastMoment | undefined {
  if (welcome || plans?.continues) return undefined;
  if (status !== 'scheduled' && !isRunning(status)) return undefined;
  const start = clocks.scheduled;
  const began = clocks.firstSpeech ?? (status === 'live' ? clocks.opened : undefined);
  const left = (start ?? now) - now;
  if (left < -LATEST_MS || (began !== undefined && now > began + GRACE_MS)) return undefined;
  const same = kept.filter((one) => one.start === (start ?? 0));
  const moment = began === undefined ? momentAt(now, start) : 'start';
  if (moment !== 'announced' && (left <= LEADS[moment] || began !== undefined))
    return same.some((one) => one.moment === moment) ? undefined : moment;
  // The one at the announcement, however short before that was.
  return left > HOUR_MS && same.length === 0 ? 'announced' : undefined;
}

/** Begins to keep forecasts and to check them. */
export function openKeeping(deps: ForecastKeepingDeps): AsyncDisposable & { turn(): Promise<void> } {
  const { book, clock, log, cards } = deps;
  const done = new Set<string>();
  const again = new Map<string, number>();

  /** What was looked at last for a room: the database is asked only when something else is due. */
  const looked = new Map<string, string>();
  const keepDue = async (card: RoomCard): Promise<void> => {
    const wanted = `${card.clocks.scheduled ?? 0} ${dueMoment(card, [], clock.wall()) ?? ''}`;
    if (looked.get(card.slug) === wanted) return;
    const subject = await book.subject(card.slug);
    if (!subject) return;
    const moment = dueMoment(card, await book.kept(subject.id), clock.wall());
    if (moment)
      await book.keep(subject.id, card.clocks.scheduled ?? 0, await deps.make(card, subject, moment));
    looked.set(card.slug, wanted);
  };
  const check = async (card: RoomCard): Promise<void> => {
    const { slug, clocks } = card;
    const subject = await book.subject(slug);
    const [numbers, evening] = await Promise.all([deps.numbersOf(slug), deps.eveningOf(slug)]);
    const outcome = outcomeOf(card, numbers, evening);
    if (subject && outcome) {
      await book.close(subject.id, outcome);
      deps.changed();
    }
    if (outcome || !subject || clock.wall() - (clocks.ended ?? 0) > GIVE_UP_MS) done.add(slug);
    else again.set(slug, clock.now() + AGAIN_MS);
  };
  /** Rooms that are over and of which nothing is known yet, those that ended last first. */
  const unchecked = async (): Promise<RoomCard[]> => {
    const [now, wall] = [clock.now(), clock.wall()];
    const over = cards()
      .filter(({ slug, status, welcome }) => status === 'ended' && !welcome && !done.has(slug))
      .filter(
        ({ slug, clocks }) => (again.get(slug) ?? 0) <= now && (clocks.ended ?? wall) + SETTLED_MS <= wall,
      )
      .toSorted((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0));
    if (over.length === 0) return [];
    const left = new Set(await book.unchecked(over.map(({ slug }) => slug)));
    for (const { slug } of over) if (!left.has(slug)) done.add(slug);
    return over.filter(({ slug }) => left.has(slug)).slice(0, MOST_ASKED);
  };
  const turn = async (): Promise<void> => {
    for (const card of cards())
      if (card.status === 'scheduled' || isRunning(card.status)) await keepDue(card);
    for (const card of await unchecked()) await check(card);
  };
  let running: Promise<void> | undefined;
  const timer = clock.every(TURN, () => {
    running ??= turn()
      .catch((error: unknown) =>
        log.warn(
          { error: reasonOf(error) },
          'forecasts could not be kept or checked: it is tried again in 15 seconds',
        ),
      )
      .finally(() => {
        running = undefined;
      });
  });
  return {
    turn,
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await running;
    },
  };
}
