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
  /** Removes what is older. */
  sweep(keepMs: number): Promise<void>;
}

/** The database, or a transaction of it. */
export type Within = Store['db'];

const PIECE = 500;

/** Opens the log. Ids are UUIDv7: their order is that of time. */
export function openAuditLog({ store, clock }: { store: Store; clock: Clock }): AuditLog {
  const { db } = store;
  const add: AuditLog['add'] = async (
    { by, act, room, target, name, reason, until, report, decision },
    within = db,
  ) => {
    await within
      .insertInto('moderation_audit')
      .values({
        ...{ id: randomUUIDv7(), at: clock.wall(), actor: by.id, actor_name: by.name, actor_role: by.role },
        ...{ act, room: room ?? null, target: target ?? null, target_name: name ?? '' },
        ...{ reason: reason ?? '', until: until ?? null, report: report ?? null },
        decision: decision ?? null,
      })
      .execute();
  };
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
    async *lines() {
      let after = '';
      for (;;) {
        const rows = await db
          .selectFrom('moderation_audit')
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(PIECE)
          .execute();
        for (const { at, until, ...row } of rows)
          yield `${JSON.stringify({
            at: new Date(at).toISOString(),
            ...row,
            until: until === null ? null : new Date(until).toISOString(),
          })}\n`;
        const last = rows.at(-1);
        if (!last || rows.length < PIECE) return;
        after = last.id;
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
