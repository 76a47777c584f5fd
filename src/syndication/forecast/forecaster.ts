import {
  FORESEEN,
  type Forecast,
  type ForecastHit,
  type ForecastMoment,
  type ForecastScore,
  type ForecastSignals,
  type ForecastTold,
  type Foreseen,
  type ShownForecast,
} from '../../wire/figures/forecast.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps, ForecastCounting } from '../deps.ts';
import { capacityFor, holdsOf } from './capacity.ts';
import {
  type CheckedRoom,
  type ForecastSubject,
  type KeptForecast,
  openForecastBook,
} from './kept/forecast-book.ts';
import { openKeeping } from './kept/keeping.ts';
import { spreadMinutes } from './model/arrivals.ts';
import { forecastOf } from './model/forecast.ts';
import { hitOf, scoreOf } from './model/score.ts';
import { momentAt } from './model/signal.ts';

/** What forecasts need beside what every station has. */
export interface ForecastDeps
  extends Pick<AroundRoomDeps, 'store' | 'clock' | 'log' | 'cardOf' | 'cards'>,
    ForecastCounting {}

/** Makes forecasts, keeps those that are due, and checks them when the room is over. */
export interface Forecaster extends AsyncDisposable {
  /** The forecast of a room that is to come, as it is now; undefined for every other room. */
  now(slug: string): Promise<Forecast | undefined>;
  /**
   * Over how many minutes people should be told of a room that is to come, so that no second of its worst minute, at the
   * upper end of the forecast, brings more than this machine lets in; undefined for every other room.
   */
  spread(slug: string): Promise<number | undefined>;
  /** All there is to say of a room; undefined when it is not in the database. `all`: with the score of the whole server. */
  told(card: RoomCard, all?: boolean): Promise<ForecastTold | undefined>;
  /** The rooms that come next, the next first, and how often forecasts of this server were right. */
  coming(): Promise<{ readonly rooms: ForecastTold[]; readonly score: ForecastScore }>;
  /** What was foretold of the rooms that an account hosts, for itself. */
  exported(account: string): Promise<object>;
  /** Does what is due; the forecaster does it by itself every so often. */
  turn(): Promise<void>;
}

/** What was read of past rooms is good for so long. */
const HISTORY_MS = 20_000;
/** Rooms on the operator's page. */
const MOST_COMING = 8;
/** Opens the forecasts of a server. */
export function openForecaster(deps: ForecastDeps): Forecaster {
  const { clock, store, cardOf, cards, machine } = deps;
  const book = openForecastBook(store);
  let history: { readonly at: number; readonly rooms: ReturnType<typeof book.everybody> } | undefined;

  const changed = (): void => {
    history = undefined;
  };
  const everybody = (): ReturnType<typeof book.everybody> => {
    const now = clock.now();
    if (!history || now - history.at > HISTORY_MS) {
      const rooms = book.everybody();
      rooms.catch(changed);
      history = { at: now, rooms };
    }
    return history.rooms;
  };
  const signalsOf = async (slug: string, { id, hosts }: ForecastSubject): Promise<ForecastSignals> => {
    const [reminders, followers, invited] = await Promise.all([
      book.reminders(slug),
      book.followers(hosts),
      book.invited(id, clock.wall()),
    ]);
    return { reminders, followers, invited };
  };
  const make = async (
    card: RoomCard,
    subject: ForecastSubject,
    moment?: ForecastMoment,
  ): Promise<Forecast> => {
    const [signals, own, all] = await Promise.all([
      signalsOf(card.slug, subject),
      book.own(subject),
      everybody(),
    ]);
    const mine = new Set(own.map(({ room }) => room));
    const others = [...all.values()]
      .map((rooms) => rooms.filter(({ room, closed }) => !closed && room !== subject.id && !mine.has(room)))
      .filter((rooms) => rooms.length > 0);
    const made = clock.wall();
    return forecastOf({
      made,
      moment: moment ?? momentAt(made, card.clocks.scheduled),
      signals,
      own,
      others,
    });
  };
  const told = async (card: RoomCard, all = false): Promise<ForecastTold | undefined> => {
    const { slug } = card;
    const subject = await book.subject(slug);
    if (!subject) return undefined;
    const [now, kept, outcome, own, proven] = await Promise.all([
      comes(card) ? make(card, subject) : undefined,
      book.kept(subject.id),
      book.outcome(subject.id),
      book.own(subject),
      book.proven(),
    ]);
    const start = card.clocks.scheduled;
    return {
      ...{ v: 1, room: slug, title: card.title, status: card.status },
      ...(start === undefined ? {} : { start }),
      ...(now ? { now, capacity: capacityFor(now, machine, proven, card.cap) } : {}),
      shown: kept.map((one) => shownOf(one, outcome)),
      ...(outcome ? { outcome: outcome.outcome } : {}),
      score: scoreOf(hitsOf(outcome ? [...own, outcome] : own)),
      ...(all ? { serverScore: scoreOf(hitsOf([...(await everybody()).values()].flat())) } : {}),
    };
  };
  const now = async (slug: string): Promise<Forecast | undefined> => {
    const [card, subject] = await Promise.all([cardOf(slug), book.subject(slug)]);
    return card && subject && comes(card) ? make(card, subject) : undefined;
  };
  const keeping = openKeeping({ ...deps, book, make, changed });
  return {
    told,
    turn: keeping.turn,
    exported: async (account) => ({ forecasts: await book.ofHost(account) }),
    now,
    async spread(slug) {
      const foreseen = await now(slug);
      return foreseen && spreadMinutes(foreseen.spans.worst.high, holdsOf(machine).joins);
    },
    async coming() {
      const next = cards()
        .filter((card) => comes(card) && !card.welcome)
        .toSorted((a, b) => (a.clocks.scheduled ?? 0) - (b.clocks.scheduled ?? 0))
        .slice(0, MOST_COMING);
      const rooms = await Promise.all(next.map((card) => told(card)));
      return {
        rooms: rooms.filter((one) => one !== undefined),
        score: scoreOf(hitsOf([...(await everybody()).values()].flat())),
      };
    },
    [Symbol.asyncDispose]: () => keeping[Symbol.asyncDispose](),
  };
}

const comes = ({ status }: RoomCard): boolean => status === 'scheduled' || status === 'open';

/** A kept forecast as it is told, with how it came out. */
function shownOf({ start, ...kept }: KeptForecast, outcome: CheckedRoom | undefined): ShownForecast {
  return {
    ...kept,
    ...(start > 0 ? { start } : {}),
    ...(outcome
      ? {
          hits: Object.fromEntries(
            FORESEEN.map((what) => [what, hitOf(kept, outcome.outcome, what)]),
          ) as Record<Foreseen, ForecastHit>,
        }
      : {}),
  };
}

/** One hit a room, so that a room with four forecasts does not count four times: by the last one before it began. */
const hitsOf = (rooms: readonly CheckedRoom[]): ForecastHit[] =>
  rooms.flatMap(({ kept, outcome }) => {
    const before = kept.filter(({ moment }) => moment !== 'start');
    const last = (before.length > 0 ? before : kept).at(-1);
    return last ? [hitOf(last, outcome, 'peak')] : [];
  });
