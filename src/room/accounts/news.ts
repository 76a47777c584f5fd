import type { Context } from 'hono';
import { isRefusal } from '../../api/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import { withdrawn } from '../../keys/token.ts';
import type { AccountId, NewsOfRoom, RoomTold } from '../../wire/account.ts';
import type { Access, Caller } from '../access/access.ts';
import { isClosed } from '../arrangements.ts';
import type { RoomRefusal } from '../refusal.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { RoomOnSite } from '../rows.ts';
import { speakerOf } from './members.ts';

/** Whether those who are invited are told of a change of a room; `again`: only who was to be told anyway. */
function toldOf(before: RoomOnSite, after: RoomOnSite): 'all' | 'again' | undefined {
  const { draft, plans } = before.arrangements ?? {};
  // Nobody knows of a draft.
  if (draft || before.card.welcome) return undefined;
  if (after.removed !== undefined) return before.card.status === 'scheduled' ? 'all' : undefined;
  if (after.card.status === 'cancelled') return before.card.status === 'cancelled' ? undefined : 'all';
  if (after.card.clocks.scheduled !== before.card.clocks.scheduled) return 'all';
  const late = after.arrangements?.plans?.late?.reason;
  if (late === plans?.late?.reason) return undefined;
  return late === undefined ? 'again' : 'all';
}

/** What is to be said of a room; `now` absent: it was removed. Undefined where nothing is. */
function newsOf(before: RoomOnSite, now: RoomOnSite | undefined): NewsOfRoom | undefined {
  const { card, arrangements } = now ?? before;
  const { late, moved, cancelled } = arrangements?.plans ?? {};
  const { scheduled } = card.clocks;
  const all = {
    ...{ room: before.id, title: card.title },
    ...(now ? { slug: card.slug } : {}),
    ...(scheduled === undefined ? {} : { start: scheduled }),
    ...(card.zone === undefined ? {} : { zone: card.zone }),
  };
  if (!now || card.status === 'cancelled')
    return { ...all, kind: 'cancelled', ...(cancelled ? { reason: cancelled.reason } : {}) };
  if (card.status !== 'scheduled' && card.status !== 'open') return undefined;
  if (late) return { ...all, kind: 'late', reason: late.reason };
  return moved && { ...all, kind: 'moved' };
}

/**
 * Tells everybody who belongs to a room or is invited to it when it was moved, is late or is cancelled; whoever did it
 * is not told. What is returned is what was made, unchanged.
 */
export function openNews(
  { store, clock, book, people }: Pick<RoutesDeps, 'store' | 'clock' | 'book' | 'people'>,
  access: Pick<Access, 'account'>,
) {
  const { db } = store;

  /** Those of a room; `letIn`: they come in where it is closed. */
  async function peopleOf(room: RoomOnSite, by: ReadonlySet<string | undefined>): Promise<RoomTold['to']> {
    const { id, revoked } = room;
    const all = new Map<string, boolean>();
    const members = await db
      .selectFrom('room_member')
      .select('account')
      .where('room', '=', id)
      .orderBy('created')
      .execute();
    for (const { account } of members) all.set(account, true);
    const invited = await db
      .selectFrom('room_invitation')
      // An address that got an account later.
      .leftJoin('account', (join) =>
        join
          .onRef('account.email', '=', 'room_invitation.said')
          .on('account.email_verified', '=', 1)
          .on('room_invitation.account', 'is', null),
      )
      .select(['room_invitation.account', 'account.id as later', 'room_invitation.role'])
      .where('room', '=', id)
      .where((e) =>
        e.or([e('accepted', '=', 1), e.and([e('answered', 'is', null), e('expires', '>', clock.wall())])]),
      )
      .orderBy('room_invitation.created')
      .execute();
    for (const { account, later, role } of invited) {
      const who = account ?? later;
      if (who !== null) all.set(who, all.get(who) === true || role === 'guest' || !isClosed(room));
    }
    const isOut = (who: string): boolean =>
      withdrawn({ speaker: speakerOf(who as AccountId), generation: revoked.generation }, revoked) !==
      undefined;
    return [...all]
      .filter(([who]) => !by.has(who) && !isOut(who))
      .map(([who, letIn]) => ({ id: who as AccountId, letIn }));
  }

  return async <Made extends RoomOnSite | RoomRefusal>(
    c: Context,
    { entry: before, speaker }: Caller,
    made: Made,
  ): Promise<Made> => {
    const told = people?.news && !isRefusal(made) ? toldOf(before, made) : undefined;
    if (told === undefined) return made;
    const by = new Set<string | undefined>([(await access.account(c))?.id, speaker]);
    const read = async (): Promise<RoomTold | undefined> => {
      const found = await book.find(before.card.slug);
      const now = found?.id === before.id ? found : undefined;
      const news = newsOf(before, now);
      // What waits of something that was taken back is dropped.
      if (!news) return { news: { room: before.id, title: '', kind: 'moved' }, to: [] };
      const to = await peopleOf(now ?? before, by);
      return { news, to, ...(told === 'again' ? { onlyAwaited: true } : {}) };
    };
    people?.news?.(read, languageOf(c.req.header('accept-language')) === 'fr');
    return made;
  };
}
