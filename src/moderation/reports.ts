import { randomUUIDv7 } from 'node:crypto';
import type { Cursor } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { AbuseReportTable, Store } from '../store/index.ts';
import type { AbuseOutcome, AbuseReason, AbuseSubject } from '../wire/moderation/moderation.ts';
import { newCode } from './codes.ts';
import { isSocial } from './moderation-deps.ts';

/** Reports that are open in one room at once. */
export const MOST_OPEN_IN_ROOM = 200;
/** Reports that are open about one post or one profile at once: more of them tell the desk nothing. */
export const MOST_OPEN_OF_ONE = 20;
/** Open reports keep the recording of their room for so long, ms. */
const HOLD_MS = 30 * 86_400_000;

/** What somebody tells. */
export interface AbuseWish {
  readonly room: string;
  readonly subject: AbuseSubject;
  readonly target?: string | undefined;
  readonly name: string;
  readonly reason: AbuseReason;
  readonly words: string;
  /** Wall-clock ms of the moment that is meant. */
  readonly moment: number;
  readonly operatorOnly: boolean;
}

/** A report as the desk sees it. */
export interface AbuseReport extends AbuseWish {
  readonly id: string;
  readonly number: string;
  readonly created: number;
  readonly closed?: number;
  readonly outcome?: AbuseOutcome;
}

/** Which reports are wanted. */
export interface AbuseQuery {
  readonly room?: string | undefined;
  /** False leaves out what is for the operator alone. */
  readonly operator: boolean;
  readonly isOpen: boolean;
  readonly limit: number;
  /** After the one that was made then, with this id as the key. */
  readonly after?: Cursor | undefined;
  /** Those that have waited longest come first. */
  readonly isOldestFirst?: boolean;
}

/** The reports. */
export interface AbuseReports {
  /**
   * Keeps a report under `id`. `full-one`: as many are open about its room, post or profile as there may be; `full-all`:
   * about all posts and profiles. Then what is there stays, since whoever fills the desk came last. One that is kept under
   * this id already stays as it is.
   */
  file(wish: AbuseWish, id?: string): Promise<AbuseReport | 'full-one' | 'full-all'>;
  find(id: string): Promise<AbuseReport | undefined>;
  byNumber(number: string): Promise<AbuseReport | undefined>;
  /** The newest first, if nothing else is asked. */
  list(query: AbuseQuery): Promise<AbuseReport[]>;
  countOpen(): Promise<number>;
  /** Closes one that is open, and does what belongs to it in the same transaction; false when it was closed before. */
  close(id: string, outcome: AbuseOutcome, also?: (within: Store['db']) => Promise<void>): Promise<boolean>;
  /** True while a report of this room is open and young enough: its recording is kept. */
  holds(room: string): boolean;
  /** Looks again at what is held, and removes what was closed so long ago. */
  sweep(keepMs: number): Promise<void>;
}

/** Opens the reports. */
export async function openReports({
  store,
  clock,
  mostReports,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly mostReports: number;
}): Promise<AbuseReports> {
  const { db } = store;
  const rows = () => db.selectFrom('moderation_report').selectAll();
  const count = async (room?: string, subject?: AbuseSubject, target?: string): Promise<number> => {
    let query = db
      .selectFrom('moderation_report')
      .select((e) => e.fn.countAll().as('n'))
      .where('closed', 'is', null);
    if (room !== undefined) query = query.where('room', '=', room);
    if (subject !== undefined) query = query.where('subject', '=', subject);
    if (target !== undefined) query = query.where('target', '=', target);
    return Number((await query.executeTakeFirstOrThrow()).n);
  };
  let held: ReadonlySet<string> = new Set();
  const lookHeld = async (): Promise<void> => {
    const list = await db
      .selectFrom('moderation_report')
      .select('room')
      .distinct()
      .where('closed', 'is', null)
      .where('created', '>', clock.wall() - HOLD_MS)
      .execute();
    held = new Set(list.map(({ room }) => room));
  };
  await lookHeld();
  return {
    async file(wish, id) {
      const before = id === undefined ? undefined : one(await rows().where('id', '=', id).executeTakeFirst());
      if (before) return before;
      // Posts and profiles belong to no room: they have the empty one.
      if (isSocial(wish.subject)) {
        if ((await count('')) >= mostReports) return 'full-all';
        if ((await count('', wish.subject, wish.target)) >= MOST_OPEN_OF_ONE) return 'full-one';
      } else if ((await count(wish.room)) >= MOST_OPEN_IN_ROOM) return 'full-one';
      const row: AbuseReportTable = {
        ...{ id: id ?? randomUUIDv7(), number: newCode(), room: wish.room, subject: wish.subject },
        ...{ target: wish.target ?? null, target_name: wish.name, reason: wish.reason, words: wish.words },
        ...{ moment: wish.moment, operator_only: wish.operatorOnly ? 1 : 0, created: clock.wall() },
        ...{ closed: null, outcome: null },
      };
      await db.insertInto('moderation_report').values(row).execute();
      held = new Set([...held, wish.room]);
      return abuseReportOf(row);
    },
    find: async (id) => one(await rows().where('id', '=', id).executeTakeFirst()),
    byNumber: async (number) => one(await rows().where('number', '=', number).executeTakeFirst()),
    async list({ room, operator, isOpen, limit, after, isOldestFirst = false }) {
      let query = rows().where('closed', isOpen ? 'is' : 'is not', null);
      if (room !== undefined) query = query.where('room', '=', room);
      if (!operator) query = query.where('operator_only', '=', 0);
      if (after)
        query = query.where((e) =>
          e.or([e('created', '<', after.at), e.and([e('created', '=', after.at), e('id', '<', after.key)])]),
        );
      const way = isOldestFirst ? 'asc' : 'desc';
      const found = await query.orderBy('created', way).orderBy('id', way).limit(limit).execute();
      return found.map(abuseReportOf);
    },
    countOpen: () => count(),
    async close(id, outcome, also) {
      const isClosed = await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('moderation_report')
          .set({ closed: clock.wall(), outcome })
          .where('id', '=', id)
          .where('closed', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await also?.(trx);
        return numUpdatedRows > 0n;
      });
      await lookHeld();
      return isClosed;
    },
    holds: (room) => held.has(room),
    async sweep(keepMs) {
      await db
        .deleteFrom('moderation_report')
        .where('closed', 'is not', null)
        .where('closed', '<', clock.wall() - keepMs)
        .execute();
      await lookHeld();
    },
  };
}

const one = (row: AbuseReportTable | undefined): AbuseReport | undefined => row && abuseReportOf(row);

const abuseReportOf = (row: AbuseReportTable): AbuseReport => ({
  ...{ id: row.id, number: row.number, room: row.room, name: row.target_name, words: row.words },
  ...{ subject: row.subject as AbuseSubject, reason: row.reason as AbuseReason, moment: row.moment },
  ...{ operatorOnly: row.operator_only === 1, created: row.created },
  ...(row.target === null ? {} : { target: row.target }),
  ...(row.closed === null ? {} : { closed: row.closed }),
  ...(row.outcome === null ? {} : { outcome: row.outcome as AbuseOutcome }),
});
