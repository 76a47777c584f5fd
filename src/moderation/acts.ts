import { ms } from '../base/time.ts';
import {
  type AbuseOutcome,
  type DecisionAct,
  LASTING_ACTS,
  OPERATOR_ACTS,
} from '../wire/moderation/moderation.ts';
import type { AuditLog, Moderator } from './audit.ts';
import { openCarrying } from './carrying-out.ts';
import type { Decision, Decisions, DecisionWish } from './decisions.ts';
import { isNotDone, type ModerationDeps, type ModerationRefusal } from './moderation-deps.ts';
import { openOwnerMails } from './owner-mails.ts';
import type { AbuseReports } from './reports.ts';
import type { Withdrawing } from './withdrawing.ts';

/** What a moderator wants. */
export interface ActWish {
  readonly act: DecisionAct;
  readonly room?: string | undefined;
  /** A speaker's id, a clip's id, or an account's. */
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  readonly reason: string;
  /** Wall-clock ms; undefined: until it is taken back. */
  readonly until?: number | undefined;
  readonly report?: string | undefined;
  /** The id of the decision: a wish that comes again with the same one is carried on, not decided twice. */
  readonly id?: string | undefined;
}

/** Carries out what moderators decide. Everything is written to the log. */
export interface Acts {
  decide(
    by: Moderator & { readonly role: Decision['byRole'] },
    wish: ActWish,
  ): Promise<Decision | ModerationRefusal>;
  /** Closes a report without doing anything. */
  dismiss(by: Moderator, report: string, reason: string): Promise<ModerationRefusal | undefined>;
  /** Takes a decision back. */
  lift(by: Moderator, decision: Decision, reason: string): Promise<ModerationRefusal | undefined>;
  /** Takes back what is over by its time. */
  tick(): Promise<void>;
}

/** What the acts need. */
export interface ActsDeps extends ModerationDeps {
  readonly reports: AbuseReports;
  readonly decisions: Decisions;
  readonly audit: AuditLog;
  readonly withdrawing: Withdrawing;
}

const SERVER: Moderator = { id: 'server', name: '', role: 'server' };
/** What is no longer there, or goes on already, needs no lifting. Anything else is tried again. */
const NEEDLESS: ReadonlySet<string> = new Set(['room-unknown', 'wrong-moment', 'room-ended']);

/** True when what is needed to take a decision back is known: it was looked for before anything was done. */
const hasDetail = ({ detail }: Decision): boolean =>
  typeof detail === 'object' && detail !== null && Object.keys(detail).length > 0;

/** Opens the acts. */
export function openActs(deps: ActsDeps): Acts {
  const { decisions, reports, audit, clock } = deps;
  const { db } = deps.store;

  const { prepared, carryOut, takeBack } = openCarrying(deps);
  const owners = openOwnerMails(deps);

  async function close(id: string | undefined, outcome: AbuseOutcome): Promise<void> {
    if (id !== undefined) await reports.close(id, outcome);
  }

  const lift: Acts['lift'] = async (by, one, reason) => {
    const refusal = await takeBack(one);
    if (refusal && (LASTING_ACTS.includes(one.act) || !NEEDLESS.has(refusal.refused))) return refusal;
    const line = {
      ...{ by, act: `lift-${one.act}`, room: one.room, target: one.target, name: one.name, reason },
      ...{ report: one.report, decision: one.id },
    };
    if (!(await decisions.lift(one.id, (within) => audit.add(line, within))))
      return { refused: 'wrong-moment', detail: 'This was taken back before.' };
    if (one.act === 'hide-question') await deps.withdrawing.publish();
    await owners.lifted(one, by.id, reason);
    return undefined;
  };

  return {
    lift,
    async decide(by, { act, room, target, name, reason, until, report, id }) {
      if (OPERATOR_ACTS.includes(act) && by.role !== 'operator') return { refused: 'operator-only' };
      const before = id === undefined ? undefined : await decisions.find(id);
      if (before?.lifted !== undefined) return before;
      if (!before && until !== undefined && until <= clock.wall())
        return { refused: 'unprocessable', detail: 'until: this is over already' };
      const wish: DecisionWish = {
        act,
        room,
        target,
        name: name ?? '',
        reason,
        byRole: by.role,
        until,
        report,
      };
      const draft = before ?? decisions.draft(wish, id);
      const one = before ?? { ...draft, detail: await prepared(draft) };
      // Written first: whoever is stopped finds the page with the reason.
      if (!before) await decisions.write(one);
      const done = await carryOut(one, by.name);
      // What was begun before this process ended is there already.
      const isThere = before && isNotDone(done) && (NEEDLESS.has(done.refused) || hasDetail(one));
      if (isNotDone(done) && !isThere) {
        await db.deleteFrom('moderation_decision').where('id', '=', one.id).execute();
        return done;
      }
      const detail = isNotDone(done) ? one.detail : (done.detail ?? {});
      await db
        .updateTable('moderation_decision')
        .set({ detail: JSON.stringify(detail) })
        .where('id', '=', one.id)
        .execute();
      await audit.addOnce({ by, act, room, target, name, reason, until, report, decision: one.id });
      await close(report, act);
      await owners.decided({ ...one, detail }, by.id);
      return { ...one, detail };
    },
    async dismiss(by, report, reason) {
      const found = await reports.find(report);
      if (!found) return { refused: 'not-found' };
      const { room, target, name } = found;
      const line = { by, act: 'dismiss', room, target, name, reason, report };
      return (await reports.close(report, 'dismiss', (within) => audit.add(line, within)))
        ? undefined
        : { refused: 'wrong-moment', detail: 'This report is closed already.' };
    },
    async tick() {
      for (const one of await decisions.due()) await lift(SERVER, one, 'its time is over');
    },
  };
}

/** How often what is over is looked for. */
export const ACTS_EVERY = ms(5_000);
