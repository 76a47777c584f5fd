import { randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { AuditTable, Store } from '../store/index.ts';
import type { DeciderRole } from '../wire/moderation/moderation.ts';

/** Who did something. */
export interface Moderator {
  /** The account's or speaker's id, or `operator-link`, or `server`. */
  readonly id: string;
  readonly name: string;
  readonly role: DeciderRole | 'server' | 'person';
}

/** One line, before it is written. */
export interface AuditWish {
  readonly by: Moderator;
  readonly act: string;
  readonly room?: string | undefined;
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
  readonly report?: string | undefined;
  readonly decision?: string | undefined;
}

/** What moderators did: lines are added, and never changed. */
export interface AuditLog {
  /** Adds a line; with `within`, in that transaction. */
  add(wish: AuditWish, within?: Within): Promise<void>;
  /** The same, unless there is a line about this act of this decision or, without one, about its target. */
  addOnce(wish: AuditWish): Promise<void>;
  /** The newest first; those before the line with this id. */
  list(limit: number, before?: string): Promise<AuditTable[]>;
  /** Every line as JSON, the oldest first, in pieces. */
  lines(): AsyncGenerator<string>;
  /** The lines after the one with this id, the oldest first. */
  after(id: string, limit: number): Promise<AuditTable[]>;
  /** Removes what is older. */
  sweep(keepMs: number): Promise<void>;
}

/** The database, or a transaction of it. */
export type Within = Store['db'];

const PIECE = 500;
/** Tries for an id behind the last one. They take longer than a millisecond, after which every id is behind it. */
const MOST_TRIES = 10_000;

/** Opens the log. Ids are UUIDv7: their order is that of time. */
export function openAuditLog({ store, clock }: { store: Store; clock: Clock }): AuditLog {
  const { db } = store;
  let last = '';
  /** An id behind the one before: ids of one millisecond have no order, and a reader goes on after the last that it saw. */
  const nextId = (): string => {
    let id = randomUUIDv7();
    for (let tries = 0; id <= last && tries < MOST_TRIES; tries += 1) id = randomUUIDv7();
    last = id;
    return id;
  };
  const add: AuditLog['add'] = async (
    { by, act, room, target, name, reason, until, report, decision },
    within = db,
  ) => {
    await within
      .insertInto('moderation_audit')
      .values({
        ...{ id: nextId(), at: clock.wall(), actor: by.id, actor_name: by.name, actor_role: by.role },
        ...{ act, room: room ?? null, target: target ?? null, target_name: name ?? '' },
        ...{ reason: reason ?? '', until: until ?? null, report: report ?? null },
        decision: decision ?? null,
      })
      .execute();
  };
  const after: AuditLog['after'] = (id, limit) =>
    db.selectFrom('moderation_audit').selectAll().where('id', '>', id).orderBy('id').limit(limit).execute();
  return {
    add,
    async addOnce(wish) {
      const { act, room, target, decision } = wish;
      let query = db.selectFrom('moderation_audit').select('id').where('act', '=', act);
      if (decision !== undefined) query = query.where('decision', '=', decision);
      else query = query.where('room', '=', room ?? '').where('target', '=', target ?? '');
      if (!(await query.limit(1).executeTakeFirst())) await add(wish);
    },
    async list(limit, before) {
      let query = db.selectFrom('moderation_audit').selectAll();
      if (before !== undefined) query = query.where('id', '<', before);
      return query.orderBy('id', 'desc').limit(limit).execute();
    },
    after,
    async *lines() {
      for (let last = ''; ; ) {
        const rows = await after(last, PIECE);
        for (const row of rows) yield auditLine(row);
        if (rows.length < PIECE) return;
        last = rows.at(-1)?.id ?? '';
      }
    },
    async sweep(keepMs) {
      const before = clock.wall() - keepMs;
      const old = await db
        .selectFrom('moderation_audit')
        .select('id')
        .where('at', '<', before)
        .limit(1)
        .executeTakeFirst();
      if (!old) return;
      // The tables refuse to give up a line that is younger than what is written here.
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('moderation_audit_retention').values({ before }).execute();
        await trx.deleteFrom('moderation_audit').where('at', '<', before).execute();
        await trx.deleteFrom('moderation_audit_retention').execute();
      });
    },
  };
}

/** A line as JSON, with its times as people write them. */
export const auditLine = ({ at, until, ...row }: AuditTable): string =>
  `${JSON.stringify({
    at: new Date(at).toISOString(),
    ...row,
    until: until === null ? null : new Date(until).toISOString(),
  })}\n`;
