import { randomUUIDv7 } from 'node:crypto';
import type { Store } from '../../store/index.ts';
import type { AccountCard, AccountId, InvitedRole, RoomAsk, RoomTold } from '../../wire/account.ts';
import type { RoomOnSite } from '../rows.ts';
import { confirmedAddress, type GuestList, openGuestList } from './guest-list.ts';
import type { Members } from './members.ts';

/** How long an invitation can be accepted. */
const KEEP_MS = 30 * 86_400_000;
/** Invitations of one room that are open or accepted. */
const MOST_INVITATIONS = 200;

/** One invitation as the hosts of the room see it: nothing in it says whether there is such an account. */
export interface RoomInvitation {
  readonly id: string;
  /** What the host wrote: an address or a name. */
  readonly who: string;
  readonly role: InvitedRole;
  readonly status: 'open' | 'accepted' | 'declined' | 'expired';
  readonly created: number;
  readonly expires: number;
}

/** Who sends and finds what the rooms cannot: the accounts. */
export interface InvitedPeople {
  /** The account of an address, or the one account of a name. */
  find(said: string): Promise<AccountCard | undefined>;
  /** Sends somebody a mail about an invitation, after the answer. */
  tell(who: AccountId, about: { title: string; inviter: string; role: InvitedRole }, french: boolean): void;
  /** Writes news of a room to those whom they concern, after the answer; absent: nobody is written to. */
  news?(read: () => Promise<RoomTold | undefined>, french: boolean): void;
}

/** Invitations of accounts to rooms. */
export interface RoomInvitations extends GuestList {
  /** Invites whoever an address or a name means; undefined where the room has as many as it may. */
  make(
    room: RoomOnSite,
    by: string,
    wish: { readonly who: string; readonly role: InvitedRole },
    french: boolean,
  ): Promise<RoomInvitation | undefined>;
  /** Those of a room, the newest first. */
  list(room: string): Promise<RoomInvitation[]>;
  /** Takes one back, and what it gave with it: whether it let anybody in; undefined when there is none. */
  revoke(room: string, id: string): Promise<{ readonly letIn: boolean } | undefined>;
  /** What an account is asked, or has accepted as a guest. */
  asked(who: AccountCard): Promise<RoomAsk[]>;
  /** Accepts or declines; false when it is not theirs, over, or answered. */
  answer(who: AccountCard, id: string, yes: boolean): Promise<boolean>;
  /** Forgets all of an account that is being erased. */
  forget(who: AccountId): Promise<void>;
  /** Takes these names off the invitations to a room that they sent. */
  unname(room: string, inviters: readonly string[]): Promise<void>;
}

type Answered = { accepted: number; answered: number | null; expires: number };
const statusOf = ({ accepted, answered, expires }: Answered, now: number): RoomInvitation['status'] =>
  answered === null ? (expires <= now ? 'expired' : 'open') : accepted === 1 ? 'accepted' : 'declined';

type Row = Answered & { id: string; said: string; role: string; created: number };
const shownOf = (row: Row, now: number): RoomInvitation => ({
  ...{ id: row.id, who: row.said, role: row.role as InvitedRole, status: statusOf(row, now) },
  ...{ created: row.created, expires: row.expires },
});

/** Opens the invitations. */
export function openRoomInvitations(deps: {
  readonly store: Store;
  readonly clock: { wall(): number };
  readonly members: Members;
  readonly people?: InvitedPeople | undefined;
}): RoomInvitations {
  const { clock, members, people } = deps;
  const { db } = deps.store;
  const all = () => db.selectFrom('room_invitation');
  const addressOf = (who: AccountId) => confirmedAddress(deps.store, who);
  /** Those that mean this account: by what was found when it was made, or by an address that was confirmed since. */
  const theirs = (who: AccountId) =>
    all()
      .innerJoin('room', 'room.id', 'room_invitation.room')
      .where('room.removed', 'is', null)
      .where('room.status', '!=', 'cancelled')
      .where((e) =>
        e.or([
          e('room_invitation.account', '=', who),
          e.and([e('room_invitation.account', 'is', null), e('said', 'in', addressOf(who))]),
        ]),
      );
  return {
    async make({ id: room, card }, by, { who, role }, french) {
      const now = clock.wall();
      const said = who.includes('@') ? who.toLowerCase() : who;
      const [found, known] = await Promise.all([
        people?.find(said),
        all().select(['id', 'said']).where('room', '=', room).execute(),
      ]);
      if (!known.some((one) => one.said === said) && known.length >= MOST_INVITATIONS) return undefined;
      // The newest one counts: whoever declined by mistake is asked again.
      await db.deleteFrom('room_invitation').where('room', '=', room).where('said', '=', said).execute();
      const row = {
        ...{ id: randomUUIDv7(), room, said, account: found?.id ?? null, role, inviter: by },
        // Whoever may listen can come in until 30 days after it began.
        ...{ created: now, expires: Math.max(now, card.clocks.scheduled ?? 0) + KEEP_MS },
        ...{ answered: null, accepted: 0 },
      };
      await db.insertInto('room_invitation').values(row).execute();
      if (found) people?.tell(found.id, { title: card.title, inviter: by, role }, french);
      const { id, created, expires } = row;
      return { id, who: said, role, status: 'open', created, expires };
    },
    list: async (room) =>
      (await all().selectAll().where('room', '=', room).orderBy('created', 'desc').limit(500).execute()).map(
        (row) => shownOf(row, clock.wall()),
      ),
    async revoke(room, id) {
      const gone = await db
        .deleteFrom('room_invitation')
        .where('room', '=', room)
        .where('id', '=', id)
        .returning(['account', 'role', 'accepted'])
        .executeTakeFirst();
      if (!gone) return undefined;
      if (gone.accepted === 1 && gone.account !== null && gone.role !== 'guest') {
        // Somebody who has become more than that since stays it.
        const now = await members.roleIn(room, gone.account as AccountId);
        if (now === gone.role) await members.remove(room, gone.account);
      }
      return { letIn: gone.accepted === 1 };
    },
    async asked({ id }) {
      const rows = await theirs(id)
        .select(['room_invitation.id', 'room_invitation.role', 'inviter', 'expires', 'answered', 'accepted'])
        .select(['room.slug', 'room.title', 'room.start'])
        .where((e) => e.or([e('answered', 'is', null), e('accepted', '=', 1)]))
        .orderBy('room_invitation.created', 'desc')
        .limit(100)
        .execute();
      return rows
        .filter((row) => (row.answered !== null ? row.role === 'guest' : row.expires > clock.wall()))
        .map(({ answered, accepted: _, role, start, ...rest }) => ({
          ...{ ...rest, role: role as InvitedRole, accepted: answered !== null },
          ...(start === null ? {} : { start }),
        }));
    },
    async answer({ id: who }, id, yes) {
      const row = await theirs(who)
        .select(['room_invitation.id', 'room_invitation.room', 'room_invitation.role'])
        .where('room_invitation.id', '=', id)
        .where('answered', 'is', null)
        .where('expires', '>', clock.wall())
        .executeTakeFirst();
      if (!row) return false;
      if (yes && row.role === 'co-host' && !(await members.raise(row.room, who, 'co-host'))) return false;
      if (yes && row.role === 'speaker' && (await members.roleIn(row.room, who)) === undefined)
        await members.set(row.room, who, 'speaker');
      const { numUpdatedRows } = await db
        .updateTable('room_invitation')
        .set({ answered: clock.wall(), accepted: yes ? 1 : 0, account: who })
        .where('id', '=', id)
        .where('answered', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    ...openGuestList(deps),
    async forget(who) {
      await db
        .deleteFrom('room_invitation')
        .where((e) => e.or([e('account', '=', who), e('said', 'in', addressOf(who))]))
        .execute();
    },
    async unname(room, inviters) {
      await db
        .updateTable('room_invitation')
        .set({ inviter: '' })
        .where('room', '=', room)
        .where('inviter', 'in', inviters)
        .execute();
    },
  };
}
