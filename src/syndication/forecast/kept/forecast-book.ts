import type { Store } from '../../../store/index.ts';
import type {
  Forecast,
  ForecastBasis,
  ForecastMoment,
  ForecastOutcome,
  ForecastSignals,
  Foreseen,
} from '../../../wire/figures/forecast.ts';
import type { PastRoom } from '../model/forecast.ts';
import type { RoomOutcome } from './outcome.ts';

/** Past rooms of the same hosts that are read, and of the whole server. */
const MOST_OWN = 40;
const MOST_OTHERS = 300;
/** Forecasts of one room, however often it is moved. */
const MOST_KEPT = 12;

/** Forecasts in the file that somebody gets of themselves. */
const MOST_EXPORTED = 2_000;

/** A forecast as it is kept: without its curve. */
export type KeptForecast = Omit<Forecast, 'v' | 'arrivals'> & { readonly start: number };

/** A room that is over, with what was foretold of it. */
export interface CheckedRoom extends PastRoom {
  /** The key of its row. */
  readonly room: string;
  readonly outcome: ForecastOutcome;
  readonly kept: readonly KeptForecast[];
  readonly closed: boolean;
  readonly handed: boolean;
}

/** What the database knows of a room that a forecast is for. */
export interface ForecastSubject {
  readonly id: string;
  /** Accounts that host it; where there are none, the names on its card stand for them. */
  readonly hosts: readonly string[];
  readonly names: string;
}

/** Forecasts and outcomes, in the tables `forecast` and `forecast_outcome`. */
export interface ForecastBook {
  subject(slug: string): Promise<ForecastSubject | undefined>;
  /** Keeps a forecast; the first for its moment and start stays. */
  keep(room: string, start: number, forecast: Forecast): Promise<void>;
  kept(room: string): Promise<KeptForecast[]>;
  outcome(room: string): Promise<CheckedRoom | undefined>;
  /** Writes what came; the first word stays. */
  close(room: string, outcome: RoomOutcome): Promise<void>;
  /** Slugs among these of which nothing was written yet. */
  unchecked(slugs: readonly string[]): Promise<string[]>;
  /** Past rooms of the same hosts, the oldest first. */
  own(subject: ForecastSubject): Promise<CheckedRoom[]>;
  /** Past rooms of the server by host, the newest of them; each with its key. */
  everybody(): Promise<ReadonlyMap<string, CheckedRoom[]>>;
  /** Confirmed reminders of a room, by their way. */
  reminders(slug: string): Promise<Record<string, number>>;
  /** Accounts that follow any of these, each once. */
  followers(accounts: readonly string[]): Promise<number>;
  /** Invitations to a room that have not been declined and still hold. */
  invited(room: string, now: number): Promise<number>;
  /** Forecasts of the rooms that an account hosts, for itself. */
  ofHost(account: string): Promise<object[]>;
  /** Most that were here at once on rung 0. */
  proven(): Promise<{ people: number; at: number } | undefined>;
}

interface OutcomeRow {
  room: string;
  ended: number;
  peak: number | null;
  heard: number | null;
  worst: number | null;
  entry: number | null;
  arrivals: string;
  closed: number;
  handed: number;
}

const COLUMNS = ['room', 'ended', 'peak', 'heard', 'worst', 'entry', 'arrivals', 'closed', 'handed'] as const;

/** Opens the book. */
export function openForecastBook({ db }: Store): ForecastBook {
  const keptOf = async (rooms: readonly string[]): Promise<Map<string, KeptForecast[]>> => {
    const rows =
      rooms.length === 0
        ? []
        : await db.selectFrom('forecast').selectAll().where('room', 'in', rooms).orderBy('made').execute();
    const all = new Map<string, KeptForecast[]>();
    for (const { room, moment, start, made, signals, basis, spans } of rows) {
      const list = all.get(room) ?? [];
      all.set(room, list);
      list.push({
        ...{ made: Number(made), start: Number(start), moment: moment as ForecastMoment },
        signals: JSON.parse(signals) as ForecastSignals,
        basis: JSON.parse(basis) as ForecastBasis,
        spans: JSON.parse(spans) as Forecast['spans'],
      });
    }
    return all;
  };
  const checked = async (rows: readonly OutcomeRow[]): Promise<CheckedRoom[]> => {
    const kept = await keptOf(rows.map(({ room }) => room));
    return rows.map((row) => checkedRoom(row, kept.get(row.room) ?? []));
  };
  return {
    ...openForecastPast(db, checked),
    ...openForecastSignals(db),
    async keep(room, start, { moment, made, signals, basis, spans }) {
      const { n } = await db
        .selectFrom('forecast')
        .select((e) => e.fn.countAll().as('n'))
        .where('room', '=', room)
        .executeTakeFirstOrThrow();
      if (Number(n) >= MOST_KEPT) return;
      const [said, on, all] = [signals, basis, spans].map((value) => JSON.stringify(value)) as [
        string,
        string,
        string,
      ];
      await db
        .insertInto('forecast')
        .values({ room, moment, start, made, signals: said, basis: on, spans: all })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    kept: async (room) => (await keptOf([room])).get(room) ?? [],
    async outcome(room) {
      const rows = await db.selectFrom('forecast_outcome').select(COLUMNS).where('room', '=', room).execute();
      return (await checked(rows))[0];
    },
    async close(room, { came, carried, rung, entry, ended, arrivals, closed, handed }) {
      await db
        .insertInto('forecast_outcome')
        .values({
          ...{ room, ended, peak: came.peak ?? null, heard: came.heard ?? null, worst: came.worst ?? null },
          ...{ carried: carried ?? null, rung: rung ?? null, entry: entry ?? null },
          ...{ arrivals: JSON.stringify(arrivals), closed: closed ? 1 : 0, handed: handed ? 1 : 0 },
        })
        .onConflict((c) => c.doNothing())
        .execute();
    },
    async unchecked(slugs) {
      if (slugs.length === 0) return [];
      const rows = await db
        .selectFrom('room')
        .leftJoin('forecast_outcome', 'forecast_outcome.room', 'room.id')
        .select('room.slug')
        .where('room.slug', 'in', slugs)
        .where('forecast_outcome.room', 'is', null)
        .execute();
      return rows.map(({ slug }) => slug);
    },
    async proven() {
      const row = await db
        .selectFrom('forecast_outcome')
        .select(['carried', 'ended'])
        .where('rung', '=', 0)
        .where('carried', '>', 0)
        .orderBy('carried', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? { people: Number(row.carried), at: Number(row.ended) } : undefined;
    },
  };
}

type Database = Store['db'];

/** The past rooms of hosts. */
function openForecastPast(
  db: Database,
  checked: (rows: readonly OutcomeRow[]) => Promise<CheckedRoom[]>,
): Pick<ForecastBook, 'own' | 'everybody'> {
  return {
    async own({ id, hosts, names }) {
      const past = db
        .selectFrom('forecast_outcome')
        .innerJoin('room', 'room.id', 'forecast_outcome.room')
        .select(COLUMNS.map((name) => `forecast_outcome.${name}` as const))
        .where('forecast_outcome.room', '!=', id)
        .orderBy('forecast_outcome.ended', 'desc')
        .limit(MOST_OWN);
      const rows = await (hosts.length > 0
        ? past.where((e) =>
            e.exists(
              e
                .selectFrom('room_member')
                .select('room_member.account')
                .whereRef('room_member.room', '=', 'forecast_outcome.room')
                .where('room_member.role', '=', 'host')
                .where('room_member.account', 'in', hosts),
            ),
          )
        : // Names are no proof of who somebody is: they lead to rooms that everybody may see the figures of.
          past
            .where('room.hosts', '=', names)
            .where('forecast_outcome.closed', '=', 0)
            .where((e) =>
              e.not(
                e.exists(
                  e
                    .selectFrom('room_member')
                    .select('room_member.account')
                    .whereRef('room_member.room', '=', 'forecast_outcome.room')
                    .where('room_member.role', '=', 'host'),
                ),
              ),
            )
      ).execute();
      return (await checked(rows.reverse())).filter(({ handed }) => !handed);
    },
    async everybody() {
      const rows = await db
        .selectFrom('forecast_outcome')
        .innerJoin('room', 'room.id', 'forecast_outcome.room')
        .leftJoin('room_member', (on) =>
          on.onRef('room_member.room', '=', 'room.id').on('room_member.role', '=', 'host'),
        )
        .select([
          ...COLUMNS.map((name) => `forecast_outcome.${name}` as const),
          ...(['room.hosts', 'room_member.account'] as const),
        ])
        .orderBy('forecast_outcome.ended', 'desc')
        .limit(MOST_OTHERS)
        .execute();
      const hostOf = new Map<string, string>();
      for (const { room, hosts, account } of rows)
        if (!hostOf.has(room)) hostOf.set(room, account ?? `names ${hosts}`);
      const once = [...new Map(rows.map((row) => [row.room, row])).values()].reverse();
      return Map.groupBy(
        (await checked(once)).filter(({ handed }) => !handed),
        ({ room }) => hostOf.get(room) ?? '',
      );
    },
  };
}

/** Who hosts a room, and what announces it. */
function openForecastSignals(
  db: Database,
): Pick<ForecastBook, 'subject' | 'reminders' | 'followers' | 'invited' | 'ofHost'> {
  return {
    async subject(slug) {
      const row = await db
        .selectFrom('room')
        .select(['id', 'hosts'])
        .where('slug', '=', slug)
        .executeTakeFirst();
      if (!row) return undefined;
      const hosts = await db
        .selectFrom('room_member')
        .select('account')
        .where('room', '=', row.id)
        .where('role', '=', 'host')
        .orderBy('account')
        .execute();
      return { id: row.id, hosts: hosts.map(({ account }) => account), names: row.hosts };
    },
    async reminders(slug) {
      const rows = await db
        .selectFrom('reminder')
        .select(['way', (e) => e.fn.countAll<number | string>().as('n')])
        .where('room', '=', slug)
        .where('confirmed', '=', 1)
        .groupBy('way')
        .orderBy('way')
        .execute();
      return Object.fromEntries(rows.map(({ way, n }) => [way, Number(n)]));
    },
    async followers(accounts) {
      if (accounts.length === 0) return 0;
      const { n } = await db
        .selectFrom('social_follow')
        .select((e) => e.fn.count('follower').distinct().as('n'))
        .where('followee', 'in', accounts)
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    async invited(room, now) {
      const { n } = await db
        .selectFrom('room_invitation')
        .select((e) => e.fn.countAll().as('n'))
        .where('room', '=', room)
        .where('role', '=', 'guest')
        .where((e) =>
          e.or([e('accepted', '=', 1), e.and([e('answered', 'is', null), e('expires', '>', now)])]),
        )
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    async ofHost(account) {
      const rows = await db
        .selectFrom('forecast')
        .innerJoin('room', 'room.id', 'forecast.room')
        .innerJoin('room_member', 'room_member.room', 'room.id')
        .leftJoin('forecast_outcome as o', 'o.room', 'room.id')
        .select(['room.slug', 'forecast.moment', 'forecast.made', 'forecast.signals', 'forecast.spans'])
        .select(['o.peak', 'o.heard', 'o.worst'])
        .where('room_member.account', '=', account)
        .where('room_member.role', '=', 'host')
        .orderBy('forecast.made')
        .limit(MOST_EXPORTED)
        .execute();
      return rows.map(({ slug, moment, made, signals, spans, peak, heard, worst }) => ({
        ...{ room: slug, moment, made: new Date(Number(made)).toISOString() },
        ...{ signals: JSON.parse(signals) as unknown, spans: JSON.parse(spans) as unknown },
        ...(peak === null ? {} : { came: { peak, heard, worst } }),
      }));
    },
  };
}

function checkedRoom(row: OutcomeRow, kept: readonly KeptForecast[]): CheckedRoom {
  const came: Partial<Record<Foreseen, number>> = {};
  for (const what of ['peak', 'heard', 'worst'] as const)
    if (row[what] !== null) came[what] = Number(row[what]);
  return {
    ...{ room: row.room, kept, came, closed: row.closed === 1, handed: row.handed === 1 },
    outcome: {
      ...{ came, ended: Number(row.ended) },
      ...(row.entry === null ? {} : { entry: Number(row.entry) }),
    },
    // Of several for one moment, because the room was moved, the last one counts.
    signals: Object.fromEntries(kept.map(({ moment, signals }) => [moment, signals])),
    arrivals: JSON.parse(row.arrivals) as [number, number][],
  };
}
