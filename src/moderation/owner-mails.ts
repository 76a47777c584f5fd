import { reasonOf } from '../base/errors.ts';
import type { Decision } from './decisions.ts';
import type { ModerationDeps } from './moderation-deps.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';

/** Most people who are written to about one room. */
const MOST_OWNERS = 20;

/** Tells the accounts whose room, clip or account something was decided about; whoever decided is not told. */
export interface OwnerMails {
  decided(one: Decision, by: string): Promise<void>;
  lifted(one: Decision, by: string, reason: string): Promise<void>;
}

/** Opens them. What cannot be written is logged, and changes nothing of what was decided. */
export function openOwnerMails(deps: ModerationDeps): OwnerMails {
  const { db } = deps.store;

  /** Accounts of people to whom it belongs. */
  async function owners({ act, room, target, detail }: Decision): Promise<string[]> {
    if (act === 'suspend') return target === undefined ? [] : [target];
    if (act === 'remove-post' || act === 'clear-profile')
      return [(detail as { author?: string }).author ?? []].flat();
    // Who is kept off a stage, or asked something, reads it there, and their account is nobody's business.
    if (act === 'remove' || act === 'ban' || act === 'hide-question' || room === undefined) return [];
    const rows = await db
      .selectFrom('room_member')
      .innerJoin('room', 'room.id', 'room_member.room')
      .select('room_member.account')
      .where('room.slug', '=', room)
      .where('room_member.role', 'in', ['host', 'co-host'])
      .limit(MOST_OWNERS)
      .execute();
    return rows.map(({ account }) => account);
  }

  async function write(one: Decision, by: string, taken?: string): Promise<void> {
    const { mail } = deps;
    if (!mail) return;
    try {
      const to = (await owners(one)).filter((account) => account !== by);
      if (to.length === 0) return;
      const room = one.room === undefined ? '' : ((await deps.cardOf(one.room))?.title ?? one.room);
      const address = `${deps.publicUrl ?? ''}/notice/${one.notice}`;
      const text = [english, french].map((words) =>
        [
          ...(taken === undefined ? [] : [words.mailLifted]),
          words.acts[one.act](room),
          `${words.reason}: ${taken ?? one.reason}`,
          words.mailWhere,
          address,
        ].join('\n'),
      );
      const subject = `${english.mailSubject} / ${french.mailSubject}`;
      for (const account of to) await mail(account, { subject, text: text.join('\n\n--\n\n') });
    } catch (error) {
      deps.log.warn(
        { decision: one.id, error: reasonOf(error) },
        'something was decided, and its owner could not be written to',
      );
    }
  }

  return {
    decided: (one, by) => write(one, by),
    lifted: (one, by, reason) => write(one, by, reason),
  };
}
