import { randomUUIDv7 } from 'node:crypto';
import type { Cursor } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { DecisionTable, Store } from '../store/index.ts';
import { type DeciderRole, type DecisionAct, LASTING_ACTS } from '../wire/moderation/moderation.ts';
import { newCode } from './codes.ts';

/** Something that was decided. */
export interface Decision {
  readonly id: string;
  readonly notice: string;
  readonly act: DecisionAct;
  readonly room?: string;
  readonly target?: string;
  readonly name: string;
  readonly reason: string;
  readonly byRole: DeciderRole;
  readonly since: number;
  readonly until?: number;
  readonly lifted?: number;
  /** What is needed to take it back. */
  readonly detail: unknown;
  readonly objection?: string;
  readonly objected?: number;
  readonly answer?: string;
  readonly report?: string;
}

/** A decision before it is made. */
export interface DecisionWish extends Pick<Decision, 'act' | 'name' | 'reason' | 'byRole'> {
  readonly room?: string | undefined;
  readonly target?: string | undefined;
  readonly until?: number | undefined;
  readonly report?: string | undefined;
}

/** What was decided, and what of it is in force. */
export interface Decisions {
  /** A decision that nobody has made yet, so that those whom it concerns can be told its code. */
  draft(wish: DecisionWish, id?: string): Decision;
  write(decision: Decision): Promise<void>;
  find(id: string): Promise<Decision | undefined>;
  byNotice(code: string): Promise<Decision | undefined>;
  /** What is in force, the newest first; of a room or of all. */
  inForce(room: string | undefined, limit: number, after?: Cursor): Promise<Decision[]>;
  /** Questions that are taken out, the newest first. */
  withdrawn(limit: number): Promise<Decision[]>;
  /** The suspension of an account that is in force. */
  suspensionOf(account: string): Promise<Decision | undefined>;
  /** Objections that nobody has answered, the oldest first. */
  objections(limit: number): Promise<Decision[]>;
  /** What is over by its time and was not taken back yet. */
  due(): Promise<Decision[]>;
  /** Marks one as taken back, and does what belongs to it in the same transaction; false when it was before. */
  lift(id: string, also?: (within: Store['db']) => Promise<void>): Promise<boolean>;
  /** Keeps an objection; false when there was one before. */
  object(id: string, words: string): Promise<boolean>;
  answer(id: string, words: string): Promise<void>;
  /** Removes what has been over for so long. */
  sweep(keepMs: number): Promise<void>;
}

/** Opens the decisions. */
export function openDecisions({ store, clock }: { store: Store; clock: Clock }): Decisions {
  const { db } = store;
  const rows = () => db.selectFrom('moderation_decision').selectAll();
  const set = (id: string) => db.updateTable('moderation_decision').where('id', '=', id);
  return {
    draft: (wish, id = randomUUIDv7()) => ({
      ...{ id, notice: newCode(), since: clock.wall(), detail: {} },
      ...Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)),
      ...{ act: wish.act, name: wish.name, reason: wish.reason, byRole: wish.byRole },
    }),
    async write(one) {
      await db
        .insertInto('moderation_decision')
        .values({
          ...{ id: one.id, notice: one.notice, act: one.act, room: one.room ?? null },
          ...{ target: one.target ?? null, target_name: one.name, reason: one.reason },
          ...{ by_role: one.byRole, since: one.since, until: one.until ?? null, lifted: null },
          ...{ detail: JSON.stringify(one.detail ?? {}), objection: null, objected: null, answer: null },
          report: one.report ?? null,
        })
        .execute();
    },
    find: async (id) => maybe(await rows().where('id', '=', id).executeTakeFirst()),
    byNotice: async (code) => maybe(await rows().where('notice', '=', code).executeTakeFirst()),
    async inForce(room, limit, after) {
      let query = rows()
        .where('lifted', 'is', null)
        .where((e) => e.or([e('until', 'is', null), e('until', '>', clock.wall())]))
        // What lasts is not lifted.
        .where('act', 'not in', LASTING_ACTS);
      if (room !== undefined) query = query.where('room', '=', room);
      if (after)
        query = query.where((e) =>
          e.or([e('since', '<', after.at), e.and([e('since', '=', after.at), e('id', '<', after.key)])]),
        );
      const found = await query.orderBy('since', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return found.map(decisionOf);
    },
    withdrawn: async (limit) =>
      (
        await rows()
          .where('act', '=', 'hide-question')
          .where('lifted', 'is', null)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(decisionOf),
    suspensionOf: async (account) =>
      maybe(
        await rows()
          .where('act', '=', 'suspend')
          .where('target', '=', account)
          .where('lifted', 'is', null)
          .where((e) => e.or([e('until', 'is', null), e('until', '>', clock.wall())]))
          .orderBy('since', 'desc')
          .executeTakeFirst(),
      ),
    objections: async (limit) =>
      (
        await rows()
          .where('objection', 'is not', null)
          .where('answer', 'is', null)
          .orderBy('objected')
          .limit(limit)
          .execute()
      ).map(decisionOf),
    due: async () =>
      (
        await rows()
          .where('lifted', 'is', null)
          .where('until', 'is not', null)
          .where('until', '<=', clock.wall())
          // What lasts is not lifted.
          .where('act', 'not in', LASTING_ACTS)
          .limit(100)
          .execute()
      ).map(decisionOf),
    lift: (id, also) =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('moderation_decision')
          .where('id', '=', id)
          .set({ lifted: clock.wall() })
          .where('lifted', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await also?.(trx);
        return numUpdatedRows > 0n;
      }),
    async object(id, words) {
      const { numUpdatedRows } = await set(id)
        .set({ objection: words, objected: clock.wall() })
        .where('objection', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async answer(id, words) {
      await set(id).set({ answer: words }).execute();
    },
    async sweep(keepMs) {
      await db
        .deleteFrom('moderation_decision')
        .where((e) =>
          e.or([
            e('lifted', '<', clock.wall() - keepMs),
            e.and([e('act', '=', 'end-room'), e('since', '<', clock.wall() - keepMs)]),
          ]),
        )
        .execute();
    },
  };
}

const maybe = (row: DecisionTable | undefined): Decision | undefined => row && decisionOf(row);

const decisionOf = (row: DecisionTable): Decision => ({
  ...{ id: row.id, notice: row.notice, act: row.act as DecisionAct, name: row.target_name },
  ...{ reason: row.reason, byRole: row.by_role as DeciderRole, since: row.since },
  detail: JSON.parse(row.detail) as unknown,
  ...(row.room === null ? {} : { room: row.room }),
  ...(row.target === null ? {} : { target: row.target }),
  ...(row.until === null ? {} : { until: row.until }),
  ...(row.lifted === null ? {} : { lifted: row.lifted }),
  ...(row.objection === null ? {} : { objection: row.objection }),
  ...(row.objected === null ? {} : { objected: row.objected }),
  ...(row.answer === null ? {} : { answer: row.answer }),
  ...(row.report === null ? {} : { report: row.report }),
});
