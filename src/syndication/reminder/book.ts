import { randomBytes, randomInt } from 'node:crypto';
import { type ExpressionBuilder, type Insertable, type Selectable, sql } from 'kysely';
import type { Schema, Store } from '../../store/index.ts';
import type { ReminderNotice, SendWindow } from './notices.ts';

/** A reminder with what it waits for. */
export type ReminderRow = Selectable<Schema['reminder']>;

/** What somebody asks for. */
export interface ReminderWish {
  readonly room: string;
  readonly way: 'push' | 'mail';
  readonly target: string;
  readonly keys?: string;
  readonly origin: string;
  readonly language: string;
  readonly account?: string;
  readonly confirmed: boolean;
}

/** Rows in one statement. */
const ROWS = 200;
/** Rows that one statement gives something to tell: the process does other things between two. */
const TOLD_AT_ONCE = 4_000;
const SPREADS = 10_000;

type Where = ExpressionBuilder<Schema, 'reminder'>;

/** Who is told of a notice: mails are few, and say what browsers would show three times once. */
const wants = (e: Where, notice: ReminderNotice) => {
  const told = (...what: ReminderNotice[]) => e('told', 'in', what);
  const not = (...what: ReminderNotice[]) => e.or([e('told', 'is', null), e('told', 'not in', what)]);
  if (notice === 'soon')
    return e.and([
      not('soon', 'live'),
      e.or([e('notice', 'is', null), e('due', 'is', null), e('notice', '<>', 'soon')]),
    ]);
  if (notice === 'late') return e.or([e('way', '=', 'push'), told('soon')]);
  if (notice === 'live') return e.and([not('live'), e.or([e('way', '=', 'push'), not('soon', 'late')])]);
  return e.lit(true);
};

/** Who is reminded of what. */
function remindersIn(db: Store['db']) {
  const one = (id: string): Promise<ReminderRow | undefined> =>
    db.selectFrom('reminder').selectAll().where('id', '=', id).executeTakeFirst();
  return {
    /** How many are reminded of each room, and from where endpoints are. */
    async counts() {
      const rooms = await db
        .selectFrom('reminder')
        .select(({ fn }) => ['room', fn.sum<number>('confirmed').as('sure'), fn.countAll<number>().as('all')])
        .groupBy('room')
        .execute();
      const origins = await db.selectFrom('reminder').select('origin').distinct().execute();
      return {
        rooms: rooms.map(({ room, sure, all }) => ({ room, sure: Number(sure), all: Number(all) })),
        origins: origins.map(({ origin }) => origin),
      };
    },
    /** Adds one; `again`: it was there. `edition`: what was told before it came is not told to it. */
    async add(
      wish: ReminderWish,
      now: number,
      edition: number,
    ): Promise<{ row: ReminderRow; again: boolean }> {
      const { room, way, target, keys, account, confirmed, origin, language } = wish;
      const row: Insertable<Schema['reminder']> = {
        ...{ id: randomBytes(16).toString('base64url'), room, way, target, origin, language },
        ...{ keys: keys ?? null, account: account ?? null, spread: randomInt(SPREADS) },
        ...{ confirmed: confirmed ? 1 : 0, created: now, notice: null, due: null, told: null, edition },
      };
      const made = await db
        .insertInto('reminder')
        .values(row)
        .onConflict((c) => c.columns(['room', 'way', 'target']).doNothing())
        .returningAll()
        .executeTakeFirst();
      if (made) return { row: made, again: false };
      const known = await db
        .updateTable('reminder')
        .set({ language, ...(keys === undefined ? {} : { keys }) })
        .where('room', '=', room)
        .where('way', '=', way)
        .where('target', '=', target)
        .returningAll()
        .executeTakeFirstOrThrow();
      return { row: known, again: true };
    },
    one,
    /** How many reminders one browser or address has. */
    async of(target: string): Promise<number> {
      const all = db.selectFrom('reminder').select((e) => e.fn.countAll<number>().as('count'));
      return Number((await all.where('target', '=', target).executeTakeFirstOrThrow()).count);
    },
    /** A confirmed address; undefined when it is none of these, true when it was confirmed just now. */
    async confirm(id: string): Promise<boolean | undefined> {
      const done = await db
        .updateTable('reminder')
        .set({ confirmed: 1, told: null, notice: null, due: null })
        .where('id', '=', id)
        .where('confirmed', '=', 0)
        .executeTakeFirst();
      if (Number(done.numUpdatedRows) > 0) return true;
      return (await one(id)) === undefined ? undefined : false;
    },
    /** Ends one; what it was. */
    remove: (id: string): Promise<ReminderRow | undefined> =>
      db.deleteFrom('reminder').where('id', '=', id).returningAll().executeTakeFirst(),
    /** A browser has another endpoint now. */
    async move(from: string, to: { target: string; keys: string; origin: string }): Promise<number> {
      const rows = await db.selectFrom('reminder').select('room').where('target', '=', to.target).execute();
      const known = rows.map(({ room }) => room);
      if (known.length > 0)
        await db.deleteFrom('reminder').where('target', '=', from).where('room', 'in', known).execute();
      const done = await db.updateTable('reminder').set(to).where('target', '=', from).executeTakeFirst();
      return Number(done.numUpdatedRows);
    },
    /** Everything that is kept about an account. */
    async exported(account: string): Promise<object> {
      const rows = await db
        .selectFrom('reminder')
        .select(['room', 'way', 'created', 'told'])
        .where('account', '=', account)
        .execute();
      const choice = await db
        .selectFrom('reminder_choice')
        .select(['way', 'language', 'at'])
        .where('account', '=', account)
        .executeTakeFirst();
      return { reminders: rows, ...(choice ? { remindersOfFollowed: choice } : {}) };
    },
    async forgetAccount(account: string): Promise<void> {
      await db.deleteFrom('reminder').where('account', '=', account).execute();
      await db.deleteFrom('reminder_choice').where('account', '=', account).execute();
    },
  };
}

/** What waits to be told. */
const queueIn = (db: Store['db']) => ({
  /** Gives one something to tell. */
  async tellOne(id: string, notice: ReminderNotice, due: number): Promise<void> {
    await db.updateTable('reminder').set({ notice, due, tries: 0 }).where('id', '=', id).execute();
  },
  /**
   * Gives everybody of a room something to tell, whatever waited for them before; again with the same edition: those
   * who have not got it yet.
   */
  async tell(
    room: string,
    notice: ReminderNotice,
    edition: number,
    window: SendWindow,
    count: number,
  ): Promise<void> {
    const step = Math.max(1, Math.floor((SPREADS * TOLD_AT_ONCE) / Math.max(count, TOLD_AT_ONCE)));
    const length = Math.max(0, Math.floor(window.until - window.from));
    const [from, long] = [sql`cast(${Math.floor(window.from)} as bigint)`, sql`cast(${length} as bigint)`];
    for (let low = 0; low < SPREADS; low += step)
      await db
        .updateTable('reminder')
        // Whatever was told of another time counts no longer, even where news of the new one do not arrive.
        .set({
          notice,
          edition,
          tries: 0,
          ...(notice === 'moved' ? { told: null } : {}),
          due: sql<number>`${from} + (${long} * spread) / 10000`,
        })
        .where('room', '=', room)
        .where('spread', '>=', low)
        .where('spread', '<', low + step)
        .where('confirmed', '=', 1)
        .where('edition', '<', edition)
        .where((e) => wants(e, notice))
        .execute();
  },
  /** Origins with something due; one step into the index for each that has anything waiting, however much it is. */
  async dueOrigins(now: number): Promise<string[]> {
    const { rows } = await sql<{ origin: string }>`
      with recursive waiting(origin) as (
        select min(origin) from reminder where due is not null
        union all
        select (select min(origin) from reminder where due is not null and origin > waiting.origin)
        from waiting where waiting.origin is not null
      )
      select origin from waiting
      where exists (select 1 from reminder where reminder.origin = waiting.origin and due <= ${now})`.execute(
      db,
    );
    return rows.map(({ origin }) => origin);
  },
  due: (origin: string, now: number, limit: number): Promise<ReminderRow[]> =>
    db
      .selectFrom('reminder')
      .selectAll()
      .where('origin', '=', origin)
      .where('due', 'is not', null)
      .where('due', '<=', now)
      .orderBy('due')
      .limit(limit)
      .execute(),
  /** Marks what was told; nothing of it that has something newer to tell by now. */
  async told(rows: readonly ReminderRow[], sent: boolean): Promise<void> {
    const groups = Map.groupBy(rows, ({ notice, edition }) => `${notice} ${edition}`);
    for (const group of groups.values())
      for (let i = 0; i < group.length; i += ROWS) {
        const part = group.slice(i, i + ROWS);
        const { notice = null, edition = 0 } = part[0] ?? {};
        await db
          .updateTable('reminder')
          .set({ due: null, tries: 0, ...(sent ? { told: notice } : {}) })
          .where(
            'id',
            'in',
            part.map(({ id }) => id),
          )
          .where('edition', '=', Number(edition))
          .where('notice', '=', notice)
          .execute();
      }
  },
  /** Sends one again later. */
  async again({ id, tries, edition }: ReminderRow, due: number): Promise<void> {
    await db
      .updateTable('reminder')
      .set({ due, tries: Number(tries) + 1 })
      .where('id', '=', id)
      .where('edition', '=', Number(edition))
      .execute();
  },
});

/** What ends, and what is planned. */
const plansIn = (db: Store['db']) => ({
  /** Forgets browsers and addresses that are no more; of which rooms they were. */
  async forgetTargets(targets: readonly string[]): Promise<{ room: string; confirmed: number }[]> {
    const gone: { room: string; confirmed: number }[] = [];
    for (let i = 0; i < targets.length; i += ROWS) {
      const part = targets.slice(i, i + ROWS);
      gone.push(
        ...(await db
          .deleteFrom('reminder')
          .where('target', 'in', part)
          .returning(['room', 'confirmed'])
          .execute()),
      );
      await db.deleteFrom('reminder_choice').where('target', 'in', part).execute();
    }
    return gone;
  },
  /** Forgets a room that is over, or addresses that nobody has confirmed. */
  async forgetRoom(room: string): Promise<void> {
    await db.deleteFrom('reminder').where('room', '=', room).execute();
    await db.deleteFrom('reminder_plan').where('room', '=', room).execute();
  },
  /** Of which rooms they were. */
  forgetUnconfirmed(before: number): Promise<{ room: string }[]> {
    return db
      .deleteFrom('reminder')
      .where('confirmed', '=', 0)
      .where('created', '<', before)
      .returning('room')
      .execute();
  },
  plans: () => db.selectFrom('reminder_plan').selectAll().execute(),
  async keepPlan(plan: Insertable<Schema['reminder_plan']>): Promise<void> {
    const { room, ...rest } = plan;
    await db
      .insertInto('reminder_plan')
      .values({ room, ...rest })
      .onConflict((c) => c.column('room').doUpdateSet(rest))
      .execute();
  },
});

/** Reads and writes the reminders. */
export const openReminderBook = ({ db }: Store) => ({ ...remindersIn(db), ...queueIn(db), ...plansIn(db) });

/** What it returns. */
export type ReminderBook = ReturnType<typeof openReminderBook>;
