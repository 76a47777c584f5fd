import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';
import type { InvitedAs } from './notification.ts';

/** Invitations of one account that are told. */
const MOST_INVITATIONS = 20;

/** Somebody is invited to a room, and has not answered. */
export interface ToldInvitation {
  readonly slug: string;
  readonly title: string;
  /** The host's name; empty where nobody knows it any more. */
  readonly inviter: string;
  readonly role: InvitedAs;
}

/** What concerns an account itself: invitations that wait for its answer, and, for an operator, reports that wait. */
export type OwnEvent = { readonly at: number; readonly key: string } & (
  | { readonly kind: 'invitation'; readonly invitation: ToldInvitation }
  | { readonly kind: 'report'; readonly count: number }
);

/** Put together when it is read: what is answered or decided is told no longer. */
export interface OwnEvents {
  /** Those from `after` (not included) to `until` (included), of the kinds that are not `off`; the newest first. */
  of(account: string, after: number, until: number, off: readonly string[]): Promise<OwnEvent[]>;
}

/** Opens them. */
export function openOwnEvents({ store, clock }: { readonly store: Store; readonly clock: Clock }): OwnEvents {
  const { db } = store;
  const invitations = async (account: string, after: number, until: number): Promise<OwnEvent[]> => {
    const rows = await db
      .selectFrom('room_invitation')
      .innerJoin('room', 'room.id', 'room_invitation.room')
      .select(['room_invitation.id', 'room_invitation.role', 'room_invitation.created as at', 'inviter'])
      .select(['room.slug', 'room.title'])
      .where('room.removed', 'is', null)
      .where('room.status', '!=', 'cancelled')
      .where('answered', 'is', null)
      .where('expires', '>', clock.wall())
      .where('room_invitation.created', '>', after)
      .where('room_invitation.created', '<=', until)
      .where((e) =>
        e.or([
          e('room_invitation.account', '=', account),
          e.and([
            e('room_invitation.account', 'is', null),
            e(
              'said',
              'in',
              e
                .selectFrom('account')
                .select('email')
                .where('id', '=', account)
                .where('email_verified', '=', 1),
            ),
          ]),
        ]),
      )
      .orderBy('room_invitation.created', 'desc')
      .limit(MOST_INVITATIONS)
      .execute();
    return rows.map(({ id, at, role, ...rest }) => ({
      ...{ kind: 'invitation' as const, at: Number(at), key: `invitation.${id}` },
      invitation: { ...rest, role: role as InvitedAs },
    }));
  };
  const reports = async (account: string, after: number, until: number): Promise<OwnEvent[]> => {
    const who = await db.selectFrom('account').select('role').where('id', '=', account).executeTakeFirst();
    if (who?.role !== 'operator') return [];
    const { n, at } = await db
      .selectFrom('moderation_report')
      .select((e) => [e.fn.countAll().as('n'), e.fn.max('created').as('at')])
      .where('closed', 'is', null)
      .executeTakeFirstOrThrow();
    const newest = Number(at ?? 0);
    return newest > after && newest <= until
      ? [{ kind: 'report', at: newest, key: 'report.open', count: Number(n) }]
      : [];
  };
  return {
    async of(account, after, until, off) {
      const both = [
        ...(off.includes('invitation') ? [] : await invitations(account, after, until)),
        ...(off.includes('report') ? [] : await reports(account, after, until)),
      ];
      return both.toSorted((a, b) => b.at - a.at);
    },
  };
}
